using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rlhf.Generation.Tokenization;

/// <summary>Reads the tokenizer of a Hugging Face folder: <c>tokenizer.json</c>, or <c>vocab.json</c> with <c>merges.txt</c>. Byte-level BPE, as GPT-2 has it, and nothing else.</summary>
public static class TokenizerFiles
{
    public const string TokenizerName = "tokenizer.json";
    public const string VocabularyName = "vocab.json";
    public const string MergesName = "merges.txt";
    public const string ConfigName = "tokenizer_config.json";

    /// <exception cref="RlhfException"><c>tokenizer-missing</c> or <c>tokenizer-damaged</c>, naming the file and the reason.</exception>
    public static TokenizerData Read(string folder)
    {
        var (tokenizer, vocabulary, merges) = (Path.Combine(folder, TokenizerName), Path.Combine(folder, VocabularyName), Path.Combine(folder, MergesName));
        if (File.Exists(tokenizer)) return Guard(tokenizer, () => FromTokenizer(ReadJson(tokenizer)));
        if (!File.Exists(vocabulary) || !File.Exists(merges))
            throw new RlhfException("tokenizer-missing", $"{folder} has neither {TokenizerName} nor {VocabularyName} with {MergesName}.",
                "Choose a model folder with its tokenizer files, or download them again.");
        return Guard(vocabulary, () => FromParts(ReadJson(vocabulary), File.ReadAllLines(merges)));
    }

    /// <summary>Content of <c>tokenizer_config.json</c>; empty where there is none.</summary>
    public static JsonObject ReadConfig(string folder)
    {
        var path = Path.Combine(folder, ConfigName);
        return File.Exists(path) ? Guard(path, () => ReadJson(path)) : [];
    }

    private static TokenizerData FromTokenizer(JsonObject root)
    {
        var model = root["model"]!.AsObject();
        if ((string?)model["type"] is not (null or "BPE") and var type) throw new InvalidDataException($"its type is {type}, only byte-level BPE is read");
        if (root["normalizer"] is not null) throw new InvalidDataException("it has a normalizer, so text would not come back as it went in");
        var vocabulary = ReadVocabulary(model["vocab"]!.AsObject());
        var special = new Dictionary<string, int>();
        foreach (var token in root["added_tokens"]?.AsArray() ?? [])
        {
            var (content, id) = ((string)token!["content"]!, (int)token["id"]!);
            vocabulary[content] = id;
            special[content] = id;
        }

        return new(vocabulary, [.. model["merges"]!.AsArray().Select(m => m is JsonArray pair ? ((string)pair[0]!, (string)pair[1]!) : ReadMerge((string)m!))],
            special, ReadPattern(root["pre_tokenizer"]));
    }

    private static TokenizerData FromParts(JsonObject vocabulary, string[] merges)
    {
        var ids = ReadVocabulary(vocabulary);
        var special = ids.Where(t => t.Key.Length > 4 && t.Key.StartsWith("<|", StringComparison.Ordinal) && t.Key.EndsWith("|>", StringComparison.Ordinal));
        return new(ids, [.. merges.Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal)).Select(ReadMerge)], special.ToDictionary());
    }

    private static Dictionary<string, int> ReadVocabulary(JsonObject vocabulary) => vocabulary.ToDictionary(t => t.Key, t => (int)t.Value!);

    private static (string, string) ReadMerge(string line) =>
        line.Split(' ') is [var left, var right] ? (left, right) : throw new InvalidDataException($"'{line}' is not a merge of two symbols");

    /// <summary>ByteLevel alone means GPT-2's pattern; a Split before it carries its own.</summary>
    private static string ReadPattern(JsonNode? step)
    {
        var steps = (string?)step?["type"] == "Sequence" ? step["pretokenizers"]!.AsArray().ToList() : [step];
        if (!steps.Exists(s => (string?)s?["type"] == "ByteLevel")) throw new InvalidDataException("its pre-tokenizer is not byte-level");
        if (steps.Exists(s => (bool?)s!["add_prefix_space"] == true)) throw new InvalidDataException("it adds a space before text (add_prefix_space), which is not done here");
        return (string?)steps.Find(s => (string?)s?["type"] == "Split")?["pattern"]?["Regex"] ?? ByteLevel.Gpt2Pattern;
    }

    private static JsonObject ReadJson(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or InvalidDataException or NullReferenceException
            or ArgumentException or FormatException or IOException)
        {
            throw new RlhfException("tokenizer-damaged", $"{path} can't be used: {damaged.Message}",
                "Download the tokenizer's files again, or choose a model with a byte-level BPE tokenizer.", inner: damaged);
        }
    }
}
