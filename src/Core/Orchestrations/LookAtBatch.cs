using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Telemetry;

namespace Rlhf.Orchestrations;

public sealed record BatchLook(int Comparisons, int Complete, int Open, bool IsPaused, bool IsCancelled);

/// <summary>Counts a batch's comparisons from its rankings.</summary>
public sealed class LookAtBatch(CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings) : Activity<BatchStep, BatchLook>
{
    public override async Task<BatchLook> RunAsync(BatchStep input, CancellationToken cancellation)
    {
        var state = (await campaigns.GetAsync(input.Campaign, cancellation)).State;
        var progress = BatchProgress.Of(
            await comparisons.ReadBatchAsync(input.Campaign, input.Batch, cancellation), await rankings.ReadBatchAsync(input.Batch, cancellation));
        PipelineMetrics.ComparisonsOpen(input.Campaign, input.Batch, progress.Open);
        return new(progress.Total, progress.Complete, progress.Open, state == CampaignState.Paused, state == CampaignState.Cancelled);
    }
}
