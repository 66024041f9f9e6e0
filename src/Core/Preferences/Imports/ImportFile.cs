using System.Text.Json;
using Rlhf.Labeling.Serving;
using Rlhf.Prompts.Reading;

namespace Rlhf.Preferences.Imports;

/// <summary>One file of labels being read: its format, what was said about it, and what of it was not kept so far.</summary>
internal sealed class ImportFile(IImportFormat format, ImportOptions options)
{
    private readonly ImportNotes notes = new();

    public IImportFormat Format => format;

    public ImportOptions Options { get; } = options.WithName();

    public IReadOnlyDictionary<string, int> Notes => notes.Counts;

    /// <param name="mustSayKind">Off: rankings of which nobody says who made them are let through, e.g. to count them.</param>
    public IAsyncEnumerable<ImportLine> ReadAsync(Stream content, bool mustSayKind, CancellationToken cancellation = default) =>
        ItemFile.ReadAsync(content, Options.Name, cancellation).Select(item => Check(Read(item), mustSayKind)).RegroupAsync(cancellation).MergeVotesAsync(notes, cancellation);

    private ImportLine Read(JsonItem item)
    {
        if (item.Value is not { } value) return new(item.Line, null, item.Error, []);
        if (format.Recognizes(value)) return format.Read(item.Line, value);
        return ImportLine.Bad(item.Line, "other-format", $"It is no {format.Info.Name}: it has {Names(value)}.", $"The file was read as {format.Info.Name}; give lines of another format in a file of their own.");
    }

    private ImportLine Check(ImportLine line, bool mustSayKind)
    {
        notes.Add(line.Notes);
        if (line.Comparison is not { } comparison) return line;
        if (comparison.Rankings.Any(r => r.Comment?.Length > RankingRules.MaximumComment || r.BetterAnswer?.Length > RankingRules.MaximumBetterAnswer))
            return ImportLine.Bad(line.Line, "text-too-long", "A comment or an own answer is too long.", $"Keep comments to {RankingRules.MaximumComment} characters and own answers to {RankingRules.MaximumBetterAnswer}.");
        comparison = comparison with { Split = comparison.Split ?? Options.Split, Rankings = [.. comparison.Rankings.Select(r => r with { Kind = r.Kind ?? Options.Kind ?? format.Info.Kind })] };
        return mustSayKind && comparison.Rankings.Any(r => r.Kind is null) ? KindNotSaid(line.Line) : line with { Comparison = comparison };
    }

    private static ImportLine KindNotSaid(long line) => ImportLine.Bad(line, "kind-not-said", "Nothing says who ranked: people, a simulation or a language model.",
        "Say it: kind=person (or simulated, llm) with the upload, --kind on the command line, or in the name of a dropped file, e.g. data.person.jsonl.");

    private static string Names(JsonElement value) => value.ValueKind != JsonValueKind.Object ? $"a {value.ValueKind.ToString().ToLowerInvariant()}"
        : string.Join(", ", value.EnumerateObject().Select(p => $"'{(p.Name.Length > 40 ? p.Name[..40] + "…" : p.Name)}'").Take(8)) is { Length: > 0 } names ? names : "no members";
}
