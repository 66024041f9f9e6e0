using System.Text.Json;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>A format whose values are pairs, each one answer over another.</summary>
/// <param name="read">The prompt, the better answer, the worse one.</param>
internal sealed class PairImport(ImportInfo info, Func<JsonElement, bool> recognizes, Func<ImportFields, PairTexts> read) : IImportFormat
{
    public ImportInfo Info => info;

    public bool Recognizes(JsonElement value) => value.ValueKind == JsonValueKind.Object && recognizes(value);

    public ImportLine Read(long line, JsonElement value) => ImportReading.Guard(line, value, fields =>
    {
        var texts = read(fields);
        return new(ImportReading.Question(texts.Prompt), [new(texts.Chosen, fields.Text("chosenGenerator"), fields.Finish("chosenFinish")), new(texts.Rejected, fields.Text("rejectedGenerator"), fields.Finish("rejectedFinish"))],
            PairRankings.Of(fields, texts.Chosen.Length + texts.Rejected.Length))
        { Origin = fields.Text("comparison"), Weight = fields.Number("weight") is > 0 and < 1 - 1e-9 and var weight ? weight : null };
    });
}

internal sealed record PairTexts(IReadOnlyList<Message> Prompt, string Chosen, string Rejected);

/// <summary>The formats of pairs that come in: those that go out, and the shapes that public data sets have.</summary>
internal static class PairImports
{
    private static readonly IReadOnlyList<string> Loses = ["Where a file has our own fields, votes are made anew from their number and shares; else a pair is one ranking for each kind of annotator that it names.", "Other fields are named and not kept."];

    public static IImportFormat OpenAI { get; } = new PairImport(
        new("openai", [], "OpenAI and Azure OpenAI preference fine-tuning (input, preferred_output, non_preferred_output)", ["Tools and function calls are not kept."]),
        v => Has(v, "input") && Has(v, "preferred_output") && Has(v, "non_preferred_output"),
        f => new(Messages(f.Take("input") is { ValueKind: JsonValueKind.Object } input && input.TryGetProperty("messages", out var m) ? m : null, "input.messages"),
            ImportMessages.AnswerOf(Messages(f.Take("preferred_output"), "preferred_output"), "preferred_output"),
            ImportMessages.AnswerOf(Messages(f.Take("non_preferred_output"), "non_preferred_output"), "non_preferred_output")));

    public static IImportFormat HelpfulHarmless { get; } = new PairImport(
        new("hh", [], "Anthropic HH transcripts (chosen, rejected)", Loses),
        v => HasPair(v) && !Has(v, "prompt") && IsText(v, "chosen", Transcript.IsTranscript),
        f => Whole(Turns(f, "chosen"), Turns(f, "rejected")));

    public static IImportFormat Trl { get; } = new PairImport(
        new("trl", ["trl-implicit", "trl-text", "trlx"], "TRL preference and trlX pairs (texts, transcripts or messages; prompt explicit or within both)", Loses),
        HasPair,
        f => Has(f, "messages") || Has(f, "prompt") ? Explicit(f) : Implicit(f));

    private static PairTexts Explicit(ImportFields fields)
    {
        if (fields.Take("messages") is { } messages && Parsed(messages) is { ValueKind: JsonValueKind.Array } array) return Answered(ImportMessages.Of(array, "messages"), fields);
        var prompt = fields.Take("prompt");
        if (prompt is { ValueKind: JsonValueKind.Array } turns) return Answered(ImportMessages.Of(turns, "prompt"), fields);
        var text = Text(prompt, "prompt");
        if (!Transcript.IsQuestion(text)) return Answered([new(MessageRole.User, text)], fields);
        return new([.. Transcript.Parse(text)!.SkipLast(1)], Transcript.ParseContinuation(AnswerText(fields, "chosen")), Transcript.ParseContinuation(AnswerText(fields, "rejected")));
    }

    private static PairTexts Answered(IReadOnlyList<Message> prompt, ImportFields fields)
    {
        var (chosen, rejected) = (fields.Take("chosen"), fields.Take("rejected"));
        if (chosen is not { ValueKind: JsonValueKind.Array } first || rejected is not { ValueKind: JsonValueKind.Array } second)
            return new(prompt, Text(chosen, "chosen"), Text(rejected, "rejected"));
        // Some data sets repeat the whole conversation beside the prompt.
        var (better, worse) = (ImportMessages.Of(first, "chosen"), ImportMessages.Of(second, "rejected"));
        return better.Count > 1 && worse.Count > 1 ? Whole(better, worse) : new(prompt, ImportMessages.AnswerOf(better, "chosen"), ImportMessages.AnswerOf(worse, "rejected"));
    }

    private static PairTexts Implicit(ImportFields fields)
    {
        var (chosen, rejected) = (fields.Take("chosen"), fields.Take("rejected"));
        if (chosen is { ValueKind: JsonValueKind.Array } first && rejected is { ValueKind: JsonValueKind.Array } second)
            return Whole(ImportMessages.Of(first, "chosen"), ImportMessages.Of(second, "rejected"));
        return CommonBeginning(Text(chosen, "chosen"), Text(rejected, "rejected"));
    }

    /// <summary>Two texts without a prompt: it is what both begin with, up to the last space of it, so that no word is cut.</summary>
    private static PairTexts CommonBeginning(string chosen, string rejected)
    {
        var length = chosen.AsSpan().CommonPrefixLength(rejected);
        if (length > 0 && length < Math.Max(chosen.Length, rejected.Length)) length = chosen.LastIndexOf(' ', length - 1) is var space and >= 0 ? space : length;
        if (string.IsNullOrWhiteSpace(chosen[..length]))
            throw new ImportException("no-prompt", "There is no prompt, and 'chosen' and 'rejected' don't begin alike.", "Give the prompt as 'prompt'.");
        return new([new(MessageRole.User, chosen[..length])], chosen[length..].TrimStart(), rejected[length..].TrimStart());
    }

    private static PairTexts Whole(IReadOnlyList<Message> chosen, IReadOnlyList<Message> rejected)
    {
        var (prompt, better, worse) = ImportMessages.Part(chosen, rejected, "chosen", "rejected");
        return new(prompt, better, worse);
    }

    private static IReadOnlyList<Message> Turns(ImportFields fields, string name) => Transcript.Parse(Text(fields.Take(name), name))
        ?? throw new ImportException("no-transcript", $"'{name}' does not begin with a turn.", "A transcript begins with two line breaks and 'Human:'.");

    private static IReadOnlyList<Message> Messages(JsonElement? value, string name) => value is { ValueKind: JsonValueKind.Array } array ? ImportMessages.Of(array, name)
        : throw new ImportException("no-messages", $"'{name}' is no list of messages.", "Write it as [{\"role\": …, \"content\": …}].");

    private static string AnswerText(ImportFields fields, string name) => Text(fields.Take(name), name);

    private static string Text(JsonElement? value, string name) => value switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        // One side as text and the other as messages.
        { ValueKind: JsonValueKind.Array } array => ImportMessages.AnswerOf(ImportMessages.Of(array, name), name),
        null => throw new ImportException("no-text", $"'{name}' is missing.", "Give the prompt and both answers."),
        _ => throw new ImportException("no-text", $"'{name}' is a {value.Value.ValueKind.ToString().ToLowerInvariant()}.", "Write it as a text or a list of messages."),
    };

    /// <summary>JSON within a text, as a CSV cell has it.</summary>
    private static JsonElement? Parsed(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return value;
        if (value.ValueEquals("")) return null;
        try
        {
            using var document = JsonDocument.Parse(value.GetString()!);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new ImportException("invalid-json", "'messages' is no JSON.", "Write it as [{\"role\": …, \"content\": …}], or give the prompt as 'prompt'.");
        }
    }

    private static bool HasPair(JsonElement value) => Has(value, "chosen") && Has(value, "rejected");

    private static bool Has(JsonElement value, string name) => value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null;

    private static bool Has(ImportFields fields, string name) => fields.Take(name) is { } found && !(found.ValueKind == JsonValueKind.String && name == "messages" && found.ValueEquals(""));

    private static bool IsText(JsonElement value, string name, Func<string, bool> test) =>
        value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String && test(found.GetString()!);
}
