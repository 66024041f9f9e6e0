using Rlhf.Campaigns;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>A file of comparisons and what annotators said of them.</summary>
internal sealed class LabelReading(Importer importer, ImportFile file, ImportSource source) : IFileReading<ImportLine>
{
    public IAsyncEnumerable<(ImportLine? Good, LineError? Error)> ReadAsync(Stream content, CancellationToken cancellation) =>
        file.ReadAsync(content, mustSayKind: true, cancellation).Select(line => (line.Comparison is null ? null : line, line.Error));

    public Task<PageResult> StoreAsync(Campaign campaign, int page, IReadOnlyList<ImportLine> lines, CancellationToken cancellation) =>
        importer.StoreAsync(campaign, source, page, lines, cancellation);

    /// <summary>What is ranked needs nobody; comparisons that are not have orchestrations of their own.</summary>
    public bool IsWork(IngestState state) => false;

    public ImportSummary? Summarize(Campaign campaign, IngestState state)
    {
        var counts = state.Imported ?? ImportCounts.Empty;
        return new(source.File, source.Format, $"import-{source.Key}", counts, file.Notes, [.. Warnings(campaign, counts)]);
    }

    private IEnumerable<string> Warnings(Campaign campaign, ImportCounts counts)
    {
        var untrained = counts.Rankings.Keys.Except(campaign.Settings.TrainOn).Select(k => $"{counts.Rankings[k]} rankings are of kind {k.ToString().ToLowerInvariant()}, which this campaign does not train on: they give no pairs.");
        foreach (var warning in untrained) yield return warning;
        if (counts.Rankings.Count > 1) yield return "The file holds rankings of several kinds of annotators; each keeps its own.";
        if (file.Options.Split is { } split) yield return $"Lines without a split are {split.ToString().ToLowerInvariant()}, as the upload or the file's name says.";
    }
}
