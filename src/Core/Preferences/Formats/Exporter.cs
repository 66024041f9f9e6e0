using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Preferences.Formats;

/// <summary>One export, checked before its first byte: what, of which campaign, which split.</summary>
/// <param name="FileName">Campaign, split and extension; for a download.</param>
public sealed record Export(IExportFormat Format, ExportSource Source, string FileName)
{
    public FormatInfo Info => Format.Info;

    /// <summary>What the file will not hold.</summary>
    public IReadOnlyList<string> Loses => Format.LosesOf(Source.Campaign);

    /// <summary>Where its data card is asked for, from where it is itself.</summary>
    public string CardReference => $"card?format={Info.Name}{(Source.Split is { } split ? $"&split={split.ToString().ToLowerInvariant()}" : "")}";

    public Task WriteAsync(Stream output, CancellationToken cancellation = default) => Format.WriteAsync(Source, output, cancellation);
}

/// <summary>Opens a campaign for export.</summary>
public sealed class Exporter(
    ExportFormats formats, CampaignStore campaigns, BatchStore batches, PairStore pairs, ComparisonStore comparisons, RankingStore rankings, ITableStore tables)
{
    /// <exception cref="RlhfException"><c>campaign-not-found</c>, <c>unknown-format</c>, or <c>split-needed</c>: a file of this format can't tell splits apart.</exception>
    public async Task<Export> OpenAsync(CampaignId id, string format, Split? split = null, CancellationToken cancellation = default)
    {
        var chosen = formats.Get(format);
        var source = await OpenSourceAsync(id, cancellation);
        if (!chosen.Info.HoldsSplit && split is null)
            throw new RlhfException("split-needed", $"'{format}' has no field for the split, so train and test pairs would be mixed in one file.", "Ask for split=train, validation or test, or for all of them in an archive (as=zip).");
        return new(chosen, source.For(chosen, split), $"{id}-{split?.ToString().ToLowerInvariant() ?? "pairs"}{chosen.Info.Extension}");
    }

    /// <exception cref="RlhfException"><c>campaign-not-found</c>.</exception>
    public async Task<ExportSource> OpenSourceAsync(CampaignId id, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        // Each pair may hang on all rankings there are, so the files are brought in line before the first is read.
        var model = await pairs.BringInLineAsync(id, cancellation);
        return new(campaign, batches, pairs, comparisons, rankings, await Pseudonyms.OpenAsync(tables, id, cancellation), model);
    }
}
