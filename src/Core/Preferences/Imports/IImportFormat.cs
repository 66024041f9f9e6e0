using System.Text.Json;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <param name="Name">As it is named: <c>format=hh</c>, <c>--format hh</c>.</param>
/// <param name="Aliases">Other names for the same, e.g. of the export formats that it reads.</param>
/// <param name="Title">For people.</param>
/// <param name="Loses">What is in such files and not kept, one sentence each.</param>
public sealed record ImportInfo(string Name, IReadOnlyList<string> Aliases, string Title, IReadOnlyList<string> Loses)
{
    /// <summary>Who ranked, where neither the file nor whoever imports it says: null where the format does not tell.</summary>
    public AnnotatorKind? Kind { get; init; }
}

/// <summary>Reads the values of a file (JSON lines, elements, CSV or Parquet rows as objects) as comparisons with their judgements. Registered in the container; files are recognised by their first values.</summary>
public interface IImportFormat
{
    ImportInfo Info { get; }

    /// <summary>Whether an object looks like one of this format's, by its members alone.</summary>
    bool Recognizes(JsonElement value);

    /// <summary>A comparison, or why there is none. Never throws for what stands in the file.</summary>
    ImportLine Read(long line, JsonElement value);
}

/// <summary>One value of a file.</summary>
/// <param name="Line">From 1; the element's number where values are not one a line.</param>
/// <param name="Notes">What of it is not kept, for people; the same words for the same thing, since they are counted.</param>
public sealed record ImportLine(long Line, ImportedComparison? Comparison, LineError? Error, IReadOnlyList<string> Notes)
{
    public static ImportLine Good(long line, ImportedComparison comparison, IReadOnlyList<string>? notes = null) => new(line, comparison, null, notes ?? []);

    public static ImportLine Bad(long line, string code, string message, string remedy) => new(line, null, new(line, code, message, remedy), []);
}
