using System.Runtime.CompilerServices;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>A comparison with the judgements that count (skips and extra ones don't), annotators by their pseudonyms.</summary>
public sealed record RankedComparison(Comparison Comparison, IReadOnlyList<Ranking> Rankings);

/// <summary>What an export reads: a campaign batch by batch in order, some batches ahead of the writer, never all of it at once.</summary>
public sealed class ExportSource
{
    /// <summary>Batches that are being read while one is written.</summary>
    private const int Ahead = 8;

    private readonly BatchStore batches;
    private readonly PairStore pairs;
    private readonly ComparisonStore comparisons;
    private readonly RankingStore rankings;
    private readonly Pseudonyms pseudonyms;
    private readonly AnnotatorModel? model;

    internal ExportSource(
        Campaign campaign, BatchStore batches, PairStore pairs, ComparisonStore comparisons, RankingStore rankings, Pseudonyms pseudonyms, AnnotatorModel? model)
    {
        Campaign = campaign;
        this.batches = batches;
        this.pairs = pairs;
        this.comparisons = comparisons;
        this.rankings = rankings;
        this.pseudonyms = pseudonyms;
        this.model = model;
    }

    public Campaign Campaign { get; }

    /// <summary>Only this one; null is all.</summary>
    public Split? Split { get; private init; }

    /// <summary>What has been read so far, for the data card.</summary>
    public ExportTally Tally { get; private init; } = new();

    /// <summary>What it is written in; null is nothing, so that all that there is comes.</summary>
    public IExportFormat? Format { get; private init; }

    /// <summary>The same campaign for a format, one split of it; what is read counts in the same tally.</summary>
    public ExportSource For(IExportFormat format, Split? split) => With(format, split, Tally);

    /// <summary>Whether there is any row of it. Rows are counted when they are written.</summary>
    internal async Task<bool> AnyAsync(CancellationToken cancellation)
    {
        var looked = With(Format, Split, new());
        await looked.ReadAsync(() => looked.Tally.All > 0, cancellation);
        var any = looked.Tally.All > 0;
        // Nothing will be written, so nobody counts these later.
        if (!any) Tally.Even += looked.Tally.Even;
        return any;
    }

    /// <summary>Counts the rows that would be written, and writes nothing.</summary>
    internal Task CountAsync(CancellationToken cancellation) => ReadAsync(() => false, cancellation);

    /// <summary>The annotators whose rankings are left out, by their pseudonyms.</summary>
    internal IReadOnlyList<AnnotatorId> Excluded => [.. Campaign.ExcludedAnnotators.Select(pseudonyms.Of)];

    /// <summary>The preference pairs as the campaign's rule makes them now, of open batches too; without those that the format would turn into something else (<see cref="EvenPairs"/>).</summary>
    public async IAsyncEnumerable<PreferencePair> PairsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var read = batches.StreamAsync(Campaign.Id, cancellation).SelectAhead(Ahead, (batch, c) => pairs.ReadAsync(Campaign, batch, model, c), cancellation);
        await foreach (var some in read)
        {
            var ofSplit = some.Where(p => Split is null || p.Split == Split).ToList();
            var held = Format is null or { Info.HoldsEven: true } ? ofSplit : EvenPairs.LeaveOut(ofSplit);
            Tally.Even += ofSplit.Count - held.Count;
            foreach (var pair in held)
            {
                Tally.Add(ExportRow.Of(pair));
                yield return pair;
            }
        }
    }

    /// <summary>The comparisons that training may use, with the rankings that count under the campaign's rule; comparisons without any are passed over.</summary>
    public async IAsyncEnumerable<RankedComparison> RankedAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var read = batches.StreamAsync(Campaign.Id, cancellation).SelectAhead(Ahead, ReadRankedAsync, cancellation);
        await foreach (var some in read)
        {
            foreach (var ranked in some)
            {
                foreach (var row in Format?.RowsOf(Campaign, ranked) ?? [ExportRow.Of(ranked)]) Tally.Add(row);
                yield return ranked;
            }
        }
    }

    private ExportSource With(IExportFormat? format, Split? split, ExportTally tally) =>
        new(Campaign, batches, pairs, comparisons, rankings, pseudonyms, model) { Format = format, Split = split, Tally = tally };

    private async Task ReadAsync(Func<bool> isEnough, CancellationToken cancellation)
    {
        if (Format is { Info.HoldsRankings: true })
        {
            await foreach (var _ in RankedAsync(cancellation))
                if (isEnough()) return;
        }
        else
        {
            await foreach (var _ in PairsAsync(cancellation))
                if (isEnough()) return;
        }
    }

    /// <summary>All rankings of the campaign by its rule, whatever is written.</summary>
    internal async Task<CardCounter> CountRankingsAsync(CancellationToken cancellation)
    {
        var counter = new CardCounter(PairStore.OptionsFor(Campaign));
        var read = batches.StreamAsync(Campaign.Id, cancellation).Where(b => b.Kind == ComparisonKind.Ordinary)
            .SelectAhead(Ahead, ReadForCardAsync, cancellation);
        await foreach (var (batch, published, ranked) in read) counter.Add(batch, published, ranked);
        return counter;
    }

    private async Task<(Batch Batch, IReadOnlyList<Comparison> Comparisons, IReadOnlyList<Ranking> Rankings)> ReadForCardAsync(Batch batch, CancellationToken cancellation)
    {
        var ranked = await rankings.ReadBatchAsync(batch.Id, cancellation);
        // Texts are long, and where nobody ranked what somebody else did there is nothing to agree on.
        var published = ranked.CountBy(r => r.Comparison).Any(c => c.Value > 1) ? await comparisons.ReadBatchAsync(Campaign.Id, batch.Id, cancellation) : [];
        return (batch, OverlapLimits.OfEnded(Campaign).Of(published), ranked);
    }

    private async Task<IReadOnlyList<RankedComparison>> ReadRankedAsync(Batch batch, CancellationToken cancellation)
    {
        if (batch.Kind != ComparisonKind.Ordinary || batch.State is BatchState.Planned or BatchState.Generating) return [];
        if (await comparisons.FindPublishedAsync(batch.Campaign, batch.Id, cancellation) is null) return [];
        var options = PairStore.OptionsFor(Campaign);
        var published = await comparisons.ReadBatchAsync(batch.Campaign, batch.Id, cancellation);
        var counted = (await rankings.ReadBatchAsync(batch.Id, cancellation)).Where(r => PairRules.Counts(r, options)).ToLookup(r => r.Comparison);
        return [.. published.Where(c => PairRules.MayTrain(c, options) && (Split is null || c.Prompt.Split == Split) && counted.Contains(c.Id))
            .Select(c => new RankedComparison(c, [.. counted[c.Id].Select(pseudonyms.Hide)]))];
    }
}
