namespace Rlhf.Orchestrations;

/// <param name="After">The batch that was judged last; null at the beginning.</param>
public sealed record PreRankInput(CampaignId Campaign, BatchId? After = null)
{
    /// <summary>Batches that came ranked in files are judged too.</summary>
    public bool Imported { get; init; }
}

/// <summary>Has a campaign's language model judge its comparisons, batch by batch, then hands its rankings in where the campaign asks for them. Ends when all is judged.</summary>
public sealed class PreRank : Orchestrator<PreRankInput, bool>
{
    /// <summary>Batches in one execution; then history begins anew.</summary>
    private const int BatchesPerExecution = 50;

    public override async Task<bool> RunAsync(IOrchestrationContext context, PreRankInput input)
    {
        var after = input.After;
        for (var i = 0; i < BatchesPerExecution; i++)
        {
            var judged = await context.CallActivityAsync<PreRankBatchResult>(nameof(PreRankBatch), input with { After = after }, Retries.Storage);
            if (judged.Batch is null) return await HandInAsync(context, input);
            after = judged.Batch;
        }
        context.ContinueAsNew(input with { After = after });
        return false;
    }

    private static async Task<bool> HandInAsync(IOrchestrationContext context, PreRankInput input)
    {
        for (var i = 0; i < BatchesPerExecution; i++)
            if (!(await context.CallActivityAsync<HandInVotesResult>(nameof(HandInVotes), new HandInVotesInput(input.Campaign), Retries.Storage)).MayBeMore) return true;
        // So many that history would grow: what is judged is found judged.
        context.ContinueAsNew(input with { After = null });
        return false;
    }
}
