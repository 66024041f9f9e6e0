namespace Rlhf.Orchestrations;

/// <param name="Progress">Null at the first start: then it is made from the rows.</param>
public sealed record RunCampaignInput(CampaignId Campaign, RunCampaignProgress? Progress = null);

/// <summary>What travels from one execution to the next: a cursor and the ids of what is open, never contents.</summary>
/// <param name="NextBatch">Number of the next batch of the round, from 1.</param>
/// <param name="TrainedAt">Value of <paramref name="NextBatch"/> when the round's last run was asked for; a run is asked for once.</param>
public sealed record RunCampaignProgress(
    int Round, int NextBatch, Prompts.PromptCursor Cursor, IReadOnlyList<BatchId> Open, Campaigns.CampaignState? LastState = null, int TrainedAt = 0)
{
    /// <summary>At the beginning of a round, with the prompts that come next; its run waits for its own labels.</summary>
    public RunCampaignProgress InRound(int round) => round == Round && NextBatch > 1 ? this : this with { Round = round, NextBatch = 1, TrainedAt = 1 };
}

/// <summary>Custom status: counters for people to look at.</summary>
public sealed record RunCampaignStatus(Campaigns.CampaignState State, int Round, int BatchesStarted, int BatchesOpen, bool IsTraining);

/// <summary>Carries a campaign as long as it lives: keeps a bounded number of batches open, starts the round's run when all are done, and begins again when prompts come.</summary>
/// <remarks>The rows are the truth; each turn looks at them, acts, and waits for a signal or for its slow timer.</remarks>
public sealed class RunCampaign : Orchestrator<RunCampaignInput, RunCampaignProgress>
{
    /// <summary>Turns in one execution; then history begins anew.</summary>
    private const int TurnsPerExecution = 40;

    public override async Task<RunCampaignProgress> RunAsync(IOrchestrationContext context, RunCampaignInput input)
    {
        try
        {
            return await CarryAsync(context, input);
        }
        catch (StepFailedException e) when (Trouble.MayPass(e))
        {
            await Trouble.RestAsync(context, input.Campaign, e);
            // From where this execution began: a batch that was started since is found by its row.
            context.ContinueAsNew(input);
            return input.Progress!;
        }
    }

    private static async Task<RunCampaignProgress> CarryAsync(IOrchestrationContext context, RunCampaignInput input)
    {
        var progress = input.Progress ?? await context.CallActivityAsync<RunCampaignProgress>(nameof(RecoverCampaign), input.Campaign, Retries.Storage);
        TimeSpan? wait = null;
        var isSignalled = false;
        for (var turn = 0; turn < TurnsPerExecution; turn++)
        {
            var look = await context.CallActivityAsync<CampaignLook>(
                nameof(LookAtCampaign), new LookAtCampaignInput(input.Campaign, progress.Open, Reconcile: !isSignalled), Retries.Storage);
            progress = TellBatches(context, progress, look);
            if (look.State == Campaigns.CampaignState.Cancelled && look.Open.Count == 0) return progress;
            if (look.State == Campaigns.CampaignState.Active) progress = await AdvanceAsync(context, input.Campaign, progress, look);
            context.SetCustomStatus(new RunCampaignStatus(look.State, progress.Round, progress.NextBatch - 1, progress.Open.Count, look.IsTraining));

            wait = isSignalled || wait is null ? look.FirstWait : Waits.Longer(wait.Value, look.LongestWait);
            isSignalled = await context.ForSignalAsync(EventNames.CampaignChanged, wait.Value);
        }
        context.ContinueAsNew(input with { Progress = progress });
        return progress;
    }

    /// <summary>Batches look at their campaign when it pauses, goes on or is cancelled; deadlines and generation stop there.</summary>
    private static RunCampaignProgress TellBatches(IOrchestrationContext context, RunCampaignProgress progress, CampaignLook look)
    {
        if (progress.LastState is { } last && last != look.State)
            foreach (var batch in look.Open) context.SendEvent(batch.Value, EventNames.CampaignChanged, null);
        return progress with { Open = look.Open, LastState = look.State };
    }

    private static async Task<RunCampaignProgress> AdvanceAsync(
        IOrchestrationContext context, CampaignId campaign, RunCampaignProgress progress, CampaignLook look)
    {
        if (look.NextRound is { } round && progress.Open.Count == 0 && (!look.TrainsByItself || progress.TrainedAt == progress.NextBatch))
            progress = progress.InRound(round);
        while (progress.Open.Count < look.OpenLimit)
        {
            var started = await context.CallActivityAsync<StartBatchesResult>(
                nameof(StartBatches), new StartBatchesInput(campaign, progress.Round, progress.NextBatch, progress.Cursor, look.OpenLimit - progress.Open.Count), Retries.Storage);
            progress = progress with { NextBatch = progress.NextBatch + started.Batches.Count, Cursor = started.Next, Open = [.. progress.Open, .. started.Batches] };
            if (started.IsOut) return started.MayComeSoon ? progress : await CompleteAsync(context, campaign, progress, look);
        }
        return progress;
    }

    /// <summary>Everything is asked. Once it is answered too, the round's run begins; once that has ended, the campaign is complete.</summary>
    private static async Task<RunCampaignProgress> CompleteAsync(
        IOrchestrationContext context, CampaignId campaign, RunCampaignProgress progress, CampaignLook look)
    {
        if (progress.Open.Count > 0 || progress is { Round: 1, NextBatch: 1 } || look.IsTraining) return progress;
        var completed = await context.CallActivityAsync<CompleteRoundResult>(
            nameof(CompleteRound), new CompleteRoundInput(campaign, progress.Round, progress.NextBatch, progress.Cursor, MayTrain: progress.TrainedAt != progress.NextBatch), Retries.Storage);
        return completed.StartedRun ? progress with { TrainedAt = progress.NextBatch } : progress;
    }
}
