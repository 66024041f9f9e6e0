using Rlhf.Campaigns;
using Rlhf.Labeling.Ordering;

namespace Rlhf.Orchestrations;

public sealed record OrderComparisonsInput(CampaignId Campaign);

/// <param name="IsOpen">Whether a batch is open that people rank.</param>
/// <param name="HasMoved">Whether rankings came since the last look.</param>
public sealed record OrderComparisonsResult(bool IsOpen, bool HasMoved, int Rankings, TimeSpan FirstWait, TimeSpan LongestWait);

/// <summary>Puts the open comparisons in order where enough has been ranked since the last time, and closes the labeling once its budget of rankings is spent.</summary>
public sealed class OrderComparisons(CampaignService campaigns, ComparisonOrdering ordering, OrderingStands stands, PipelineOptions options) : Activity<OrderComparisonsInput, OrderComparisonsResult>
{
    public override async Task<OrderComparisonsResult> RunAsync(OrderComparisonsInput input, CancellationToken cancellation)
    {
        var look = await ordering.LookAsync(input.Campaign, cancellation);
        if (look.IsSpent)
        {
            await campaigns.CloseAsync(input.Campaign, cancellation);
            // Prompts that are added before the next look would find the budget spent.
            await stands.WriteAsync(input.Campaign, look.Stand with { ClosedAt = look.Stand.Rankings }, cancellation);
        }
        return new(look.IsOpen, look.New != 0, look.Stand.Rankings, options.OrderingLook, options.OrderingLookMaximum);
    }
}
