using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Prompts;
using Rlhf.Prompts.Reading;

namespace Rlhf.Preferences.Imports;

/// <summary>What an object says beside its prompt and answers, in the words of our own exports; texts of a CSV cell do for numbers and lists. Members that nobody asked for are noted.</summary>
internal sealed class ImportFields
{
    /// <summary>What rankings are made of, or what belongs to the campaign the file came from.</summary>
    private static readonly string[] Derived = ["weight", "preference", "agreement", "comparison", "round", "rankings"];

    private readonly JsonElement value;
    private readonly HashSet<string> taken = new(Derived, StringComparer.Ordinal);
    private readonly List<string> lost = [];

    public ImportFields(JsonElement value) => this.value = value;

    /// <exception cref="ImportException"><c>invalid-split</c>.</exception>
    public Split? Split => Text("split") is not { } text ? null
        : text.ToLowerInvariant() switch
        {
            "train" => Prompts.Split.Train,
            "validation" or "valid" or "val" or "dev" => Prompts.Split.Validation,
            "test" => Prompts.Split.Test,
            _ => throw new ImportException("invalid-split", $"The split is '{text}'.", "Use train, validation or test, or leave it out."),
        };

    public string? Group => Text("group");

    public JsonObject? Metadata => Take("metadata") is { ValueKind: JsonValueKind.Object } metadata && metadata.GetRawText().Length <= PromptJson.MaximumMetadata
        ? JsonObject.Create(metadata.Clone()) : null;

    /// <summary>None where the object does not say.</summary>
    /// <exception cref="ImportException"><c>invalid-kind</c>.</exception>
    public IReadOnlyList<AnnotatorKind> Kinds(string name) => [.. KindNames(name).Select(k =>
        Enum.TryParse<AnnotatorKind>(k, ignoreCase: true, out var kind) && !char.IsAsciiDigit(k[0]) ? kind
        : throw new ImportException("invalid-kind", $"'{k}' is no kind of annotator.", "Use person, simulated or llm."))];

    /// <summary>Notes what of the object is not kept though it was read.</summary>
    public void Lose(string note) => lost.Add(note);

    public FinishReason Finish(string name) => Text(name) is { } text && Enum.TryParse<FinishReason>(text, ignoreCase: true, out var reason) && !char.IsAsciiDigit(text[0]) ? reason : FinishReason.Stop;

    public double? Number(string name) => Take(name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { ValueKind: JsonValueKind.String } text when double.TryParse(text.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) => parsed,
        _ => null,
    };

    /// <summary>Null where it is missing, null or empty.</summary>
    public string? Text(string name) => Take(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString() is { Length: > 0 } found ? found : null,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>Null where there is none.</summary>
    public JsonElement? Take(string name)
    {
        taken.Add(name);
        return value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
    }

    /// <summary>What was not kept, once everything that is wanted has been asked for.</summary>
    public IReadOnlyList<string> Notes() => [.. lost, .. value.EnumerateObject().Where(p => !taken.Contains(p.Name) && IsFilled(p.Value)).Select(p => $"The field '{Short(p.Name)}' is not kept.")];

    private static bool IsFilled(JsonElement value) => value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(""));

    private IEnumerable<string> KindNames(string name) => Take(name) switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(k => k.ToString()).Where(k => k.Length > 0),
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Split([' ', '+', ','], StringSplitOptions.RemoveEmptyEntries),
        _ => [],
    };

    private static string Short(string name) => name.Length > 40 ? name[..40] + "…" : name;
}

/// <summary>Why a value is no comparison: becomes its line's error.</summary>
internal sealed class ImportException(string code, string message, string remedy) : Exception(message)
{
    public string Code => code;

    public string Remedy => remedy;
}
