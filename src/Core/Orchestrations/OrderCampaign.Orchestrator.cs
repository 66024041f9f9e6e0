namespace Rlhf.Orchestrations;

public sealed record OrderCampaignInput(CampaignId Campaign, TimeSpan? Wait = null)
{
    /// <summary>Ids of campaigns have no tilde.</summary>
    public static string InstanceOf(CampaignId campaign) => $"{campaign}~order";
}

/// <summary>While comparisons of a campaign are open, counts their rankings against the budget and puts them in order as rankings come. Ends with the last open batch; the next one starts it again.</summary>
public sealed class OrderCampaign : Orchestrator<OrderCampaignInput, bool>
{
    /// <summary>Looks in one execution; then history begins anew.</summary>
    private const int LooksPerExecution = 50;

    public override async Task<bool> RunAsync(IOrchestrationContext context, OrderCampaignInput input)
    {
        var wait = input.Wait;
        for (var looks = 0; looks < LooksPerExecution; looks++)
        {
            if (await LookAsync(context, input.Campaign) is not { } look)
            {
                await context.ForSignalAsync(EventNames.CampaignChanged, Trouble.Rest);
                continue;
            }
            if (!look.IsOpen) return true;
            wait = look.HasMoved || wait is null ? look.FirstWait : Waits.Longer(wait.Value, look.LongestWait);
            await context.ForSignalAsync(EventNames.CampaignChanged, wait.Value);
        }
        context.ContinueAsNew(input with { Wait = wait });
        return false;
    }

    /// <returns>Null where it failed in spite of its retries: the labeling goes on without an order, and it is tried again.</returns>
    private static async Task<OrderComparisonsResult?> LookAsync(IOrchestrationContext context, CampaignId campaign)
    {
        try
        {
            return await context.CallActivityAsync<OrderComparisonsResult>(nameof(OrderComparisons), new OrderComparisonsInput(campaign), Retries.Storage);
        }
        catch (StepFailedException e) when (Trouble.MayPass(e))
        {
            return null;
        }
    }
}
