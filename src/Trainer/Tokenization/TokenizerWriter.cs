using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Generation.Tokenization;
using Rlhf.Json;

namespace Rlhf.Trainer.Tokenization;

/// <summary>Writes a tokenizer and its chat format as Hugging Face tools read them.</summary>
public static class TokenizerWriter
{
    /// <param name="folder">Made if missing.</param>
    /// <param name="contextLength">Most tokens of the model, for tools that cut by it.</param>
    public static void Write(string folder, TokenizerData data, ChatFormat format, int contextLength)
    {
        Directory.CreateDirectory(folder);
        var vocabulary = new JsonObject(data.Vocabulary.OrderBy(t => t.Value).Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value)));
        WriteJson(folder, TokenizerFiles.VocabularyName, vocabulary);
        File.WriteAllText(Path.Combine(folder, TokenizerFiles.MergesName),
            "#version: 0.2\n" + string.Concat(data.Merges.Select(m => $"{m.Left} {m.Right}\n")));
        WriteJson(folder, TokenizerFiles.TokenizerName, ToTokenizer(data, vocabulary));
        WriteJson(folder, TokenizerFiles.ConfigName, ToConfig(format, contextLength));
        WriteJson(folder, "special_tokens_map.json", new JsonObject { ["eos_token"] = format.End, ["pad_token"] = format.End });
        WriteJson(folder, "generation_config.json", new JsonObject
        {
            ["do_sample"] = true,
            ["temperature"] = 1.0,
            ["eos_token_id"] = data.SpecialTokens[format.End],
            ["pad_token_id"] = data.SpecialTokens[format.End],
        });
    }

    private static JsonObject ToConfig(ChatFormat format, int contextLength)
    {
        var config = new JsonObject
        {
            ["tokenizer_class"] = "PreTrainedTokenizerFast",
            ["model_max_length"] = contextLength,
            ["clean_up_tokenization_spaces"] = false,
        };
        format.WriteTo(config);
        return config;
    }

    private static JsonObject ToTokenizer(TokenizerData data, JsonObject vocabulary) => new()
    {
        ["version"] = "1.0",
        ["added_tokens"] = new JsonArray([.. data.SpecialTokens.OrderBy(t => t.Value).Select(AddedToken)]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = ByteLevelStep(),
        ["post_processor"] = null,
        ["decoder"] = ByteLevelStep(),
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["unk_token"] = null,
            ["vocab"] = vocabulary.DeepClone(),
            ["merges"] = new JsonArray([.. data.Merges.Select(m => JsonValue.Create($"{m.Left} {m.Right}"))]),
        },
    };

    private static JsonObject AddedToken(KeyValuePair<string, int> token) => new()
    {
        ["id"] = token.Value,
        ["content"] = token.Key,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject ByteLevelStep() =>
        new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };

    private static void WriteJson(string folder, string name, JsonObject value) =>
        File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(value, RlhfJson.Indented) + "\n");
}
