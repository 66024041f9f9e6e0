using System.Security.Cryptography;
using System.Text;
using Rlhf.Labeling.Agreement;
using Rlhf.Labeling.Serving;
using Rlhf.Storage;

namespace Rlhf.Labeling.Checks;

/// <summary>A repeat's row in table <c>repeats</c>: partition = campaign, row = its batch, <c>&lt;campaign&gt;-again-&lt;hash&gt;</c>, which holds nothing else.</summary>
/// <param name="IsSame">Whether the same won again; null until it is judged.</param>
public sealed record RepeatItem(BatchId Batch, AnnotatorId Annotator, AnnotatorKind Kind, TaskKey Of, bool? IsSame = null)
{
    /// <summary>Of the judgement; null until then.</summary>
    public TimeSpan? ActiveTime { get; init; }
}

/// <summary>Comparisons that annotators are given again.</summary>
public sealed class RepeatStore(IBlobStore blobs, ITableStore tables, ComparisonStore comparisons, RankingStore rankings)
{
    public const string Table = "repeats";

    /// <summary>Makes the repetition of a task. Idempotent.</summary>
    public async Task<TaskKey> MakeAsync(CampaignId campaign, AnnotatorId annotator, AnnotatorKind kind, TaskKey of, CancellationToken cancellation = default)
    {
        var id = new ComparisonId(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"again\n{of.Comparison}\n{annotator}")))[..20]);
        var batch = BatchId.From($"{campaign}-again-{id.Value[..12]}");
        var again = await comparisons.GetAsync(campaign, of.Batch, of.Comparison, cancellation) with { Id = id, Batch = batch, Kind = ComparisonKind.Repeat, RepeatOf = of.Comparison };
        await blobs.WriteJsonAsync(ComparisonStore.BatchPath(campaign, batch), new[] { again }, WriteCondition.CreateOnly, cancellation);
        await tables.TryInsertAsync(Table, campaign.Value, batch.Value, new RepeatItem(batch, annotator, kind, of), cancellation);
        return new(batch, id, ComparisonKind.Repeat);
    }

    /// <summary>The task that a repeat repeats.</summary>
    public async Task<TaskKey?> FindOriginalAsync(CampaignId campaign, TaskKey repeat, CancellationToken cancellation = default) =>
        (await tables.FindAsync(Table, campaign.Value, repeat.Batch.Value, cancellation))?.ReadBody<RepeatItem>().Of;

    /// <summary>Says whether the judgement held. Skips say nothing.</summary>
    public async Task NoteAsync(CampaignId campaign, Ranking again, CancellationToken cancellation = default)
    {
        if ((await tables.FindAsync(Table, campaign.Value, again.Batch.Value, cancellation))?.ReadBody<RepeatItem>() is not { } item) return;
        var before = (await rankings.FindAsync(item.Of.Batch, item.Of.Comparison, again.Annotator, cancellation))?.Ranking;
        bool? isSame = before is null || before.Outcome == RankingOutcome.Skip || again.Outcome == RankingOutcome.Skip ? null : RatedValue.WinnerOf(before) == RatedValue.WinnerOf(again);
        await tables.UpsertAsync(Table, campaign.Value, again.Batch.Value, item with { IsSame = isSame, ActiveTime = again.ActiveTime }, cancellation);
    }

    public async Task<IReadOnlyList<RepeatItem>> ListAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        await tables.QueryAsync(Table, campaign.Value, cancellation: cancellation).Select(row => row.ReadBody<RepeatItem>()).ToListAsync(cancellation);
}
