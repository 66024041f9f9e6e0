using Rlhf.Storage;

namespace Rlhf.Labeling.Serving;

/// <summary>The rows of tables <c>annotators</c> and <c>served</c>.</summary>
public sealed class AnnotatorStore(ITableStore tables)
{
    public const string StateTable = "annotators";

    /// <summary>Partition = campaign~annotator, row = comparison.</summary>
    public const string ServedTable = "served";

    public async Task<AnnotatorState> GetAsync(CampaignId campaign, AnnotatorId annotator, CancellationToken cancellation) =>
        (await tables.FindAsync(StateTable, campaign.Value, annotator.Value, cancellation))?.ReadBody<AnnotatorState>() ?? AnnotatorState.New(annotator);

    /// <summary>Changes the annotator's row under its ETag, again until nobody came between (the same person in two windows).</summary>
    public async Task<AnnotatorState> UpdateAsync(CampaignId campaign, AnnotatorId annotator, Func<AnnotatorState, AnnotatorState> change, CancellationToken cancellation)
    {
        while (true)
        {
            var row = await tables.FindAsync(StateTable, campaign.Value, annotator.Value, cancellation);
            var state = change(row?.ReadBody<AnnotatorState>() ?? AnnotatorState.New(annotator));
            var written = row is null
                ? await tables.TryInsertAsync(StateTable, campaign.Value, annotator.Value, state, cancellation)
                : await tables.TryReplaceAsync(StateTable, campaign.Value, annotator.Value, state, row.ETag, cancellation);
            if (written is not null) return state;
        }
    }

    /// <summary>The right to submit, late too. The sides stay as they were first shown.</summary>
    public async Task<Served> MarkServedAsync(CampaignId campaign, AnnotatorId annotator, Served served, CancellationToken cancellation)
    {
        var inserted = await tables.TryInsertAsync(ServedTable, PartitionOf(campaign, annotator), served.Task.Comparison.Value, served, cancellation);
        return inserted is not null ? served : await FindServedAsync(campaign, annotator, served.Task.Comparison, cancellation) ?? served;
    }

    /// <summary>Null where the comparison was never served to this annotator.</summary>
    public async Task<Served?> FindServedAsync(CampaignId campaign, AnnotatorId annotator, ComparisonId comparison, CancellationToken cancellation) =>
        (await tables.FindAsync(ServedTable, PartitionOf(campaign, annotator), comparison.Value, cancellation))?.ReadBody<Served>();

    private static string PartitionOf(CampaignId campaign, AnnotatorId annotator) => $"{campaign}~{annotator}";
}

/// <summary>A comparison was put before an annotator.</summary>
/// <param name="ShownOrder">The answers' own ids, left to right.</param>
public sealed record Served(TaskKey Task, IReadOnlyList<string> ShownOrder, DateTimeOffset ServedAt);
