namespace Rlhf.Orchestrations;

/// <param name="Wait">Null at the first start.</param>
public sealed record LabelBatchInput(CampaignId Campaign, BatchId Batch, LabelBatchWait? Wait = null);

/// <summary>What travels from one execution of the waiting to the next.</summary>
/// <param name="Deadline">When the batch ends with what it has, as the last look read it from the rows: an instance that begins anew grants no more time.</param>
public sealed record LabelBatchWait(DateTimeOffset Deadline, TimeSpan Look, TimeSpan FirstLook, TimeSpan LongestLook);

/// <summary>Custom status: counters for people to look at.</summary>
public sealed record LabelBatchStatus(int Comparisons, int Complete, int Open, bool IsPaused);

/// <summary>Carries a batch from its prompts to their rankings: generates, publishes, waits for people, derives the pairs.</summary>
public sealed class LabelBatch : Orchestrator<LabelBatchInput, bool>
{
    /// <summary>Looks in one execution; then history begins anew.</summary>
    private const int LooksPerExecution = 50;

    /// <summary>Longest wait for answers that a job writes: nobody signals that they are there, and people wait for them.</summary>
    private static readonly TimeSpan LongestPending = TimeSpan.FromMinutes(5);

    /// <returns>Whether its rankings came; false where it was cancelled or closed, or its time ran out.</returns>
    public override async Task<bool> RunAsync(IOrchestrationContext context, LabelBatchInput input)
    {
        try
        {
            return await CarryAsync(context, input);
        }
        catch (StepFailedException e) when (Trouble.MayPass(e))
        {
            await Trouble.RestAsync(context, input.Campaign, e);
            context.ContinueAsNew(input);
            return false;
        }
    }

    private static async Task<bool> CarryAsync(IOrchestrationContext context, LabelBatchInput input)
    {
        if (input.Wait is not { } wait)
        {
            var plan = await context.CallActivityAsync<BatchPlan>(nameof(BeginBatch), new BatchStep(input.Campaign, input.Batch), Retries.Storage);
            if (plan.HasEnded) return true;
            var published = plan.IsPublished ? plan.Published : await OpenAsync(context, input, plan);
            if (published is not { } comparisons) return await EndAsync(context, input, BatchEnd.Cancelled);
            wait = new(context.CurrentUtcDateTime + plan.Deadline, plan.FirstLook, plan.FirstLook, plan.LongestLook);
            // There is nothing to see at once; a ranking that is faster has raised its signal.
            if (comparisons > 0) await WaitForSignalAsync(context, Shorter(wait.Look, plan.Deadline, isPaused: false));
        }
        return await WaitAsync(context, input, wait);
    }

    /// <returns>Comparisons opened; null where the campaign was cancelled meanwhile.</returns>
    private static async Task<int?> OpenAsync(IOrchestrationContext context, LabelBatchInput input, BatchPlan plan)
    {
        // A bounded number of windows at a time: all at once would be one burst at an endpoint.
        for (var first = 0; first < plan.Windows; first += plan.Concurrency)
        {
            var look = plan.FirstLook;
            var windows = Enumerable.Range(first, Math.Min(plan.Concurrency, plan.Windows - first)).ToList();
            while (windows.Count > 0)
            {
                var written = await Task.WhenAll(windows.Select(w => context.CallActivityAsync<GenerateAnswersResult>(
                    nameof(GenerateAnswers), new GenerateAnswersInput(input.Campaign, input.Batch, w), Retries.Storage)));
                if (written.Any(w => w.Outcome == GenerateOutcome.Cancelled)) return null;
                windows = [.. written.Where(w => w.Outcome is GenerateOutcome.Paused or GenerateOutcome.Pending).Select(w => w.Window)];
                if (windows.Count == 0) break;
                var isPending = written.Any(w => w.Outcome == GenerateOutcome.Pending);
                await context.ForSignalAsync(EventNames.CampaignChanged, isPending ? look : plan.LongestLook);
                look = Waits.Longer(look, plan.LongestLook < LongestPending ? plan.LongestLook : LongestPending);
            }
        }
        return (await context.CallActivityAsync<PublishBatchResult>(nameof(PublishBatch), new BatchStep(input.Campaign, input.Batch), Retries.Storage)).Comparisons;
    }

    private static async Task<bool> WaitAsync(IOrchestrationContext context, LabelBatchInput input, LabelBatchWait wait)
    {
        var complete = -1;
        for (var looks = 0; looks < LooksPerExecution; looks++)
        {
            var look = await context.CallActivityAsync<BatchLook>(nameof(LookAtBatch), new BatchStep(input.Campaign, input.Batch), Retries.Storage);
            context.SetCustomStatus(new LabelBatchStatus(look.Comparisons, look.Complete, look.Open, look.IsPaused));
            if (look.IsEnded) return Tell(context, input, BatchEnd.Complete);
            if (look.IsCancelled) return await EndAsync(context, input, BatchEnd.Cancelled);
            if (look.IsClosed) return await EndAsync(context, input, BatchEnd.Closed);
            wait = wait with { Deadline = look.Deadline ?? wait.Deadline };
            if (!look.IsPaused && context.CurrentUtcDateTime >= wait.Deadline) return await EndAsync(context, input, BatchEnd.Deadline);

            wait = wait with { Look = look.Complete != complete ? wait.FirstLook : Waits.Longer(wait.Look, wait.LongestLook) };
            complete = look.Complete;
            await WaitForSignalAsync(context, Shorter(wait.Look, wait.Deadline - context.CurrentUtcDateTime, look.IsPaused));
        }
        context.ContinueAsNew(input with { Wait = wait });
        return false;
    }

    /// <summary>The deadline is met on time, unless it stands still.</summary>
    private static TimeSpan Shorter(TimeSpan look, TimeSpan left, bool isPaused) => isPaused || look < left ? look : left;

    /// <summary>All is ranked, or the campaign changed, or it is time to look anyway.</summary>
    private static async Task WaitForSignalAsync(IOrchestrationContext context, TimeSpan atMost)
    {
        using var abandoned = new CancellationTokenSource();
        var ranked = context.WaitForExternalEvent<object?>(EventNames.ComparisonsRanked, abandoned.Token);
        var changed = context.WaitForExternalEvent<object?>(EventNames.CampaignChanged, abandoned.Token);
        var timer = context.CreateTimer(atMost, abandoned.Token);
        await Task.WhenAny(ranked, changed, timer);
        abandoned.Cancel();
    }

    private static async Task<bool> EndAsync(IOrchestrationContext context, LabelBatchInput input, BatchEnd end)
    {
        await context.CallActivityAsync<EndBatchResult>(nameof(EndBatch), new EndBatchInput(input.Campaign, input.Batch, end), Retries.Storage);
        return Tell(context, input, end);
    }

    private static bool Tell(IOrchestrationContext context, LabelBatchInput input, BatchEnd end)
    {
        context.SendEvent(input.Campaign.Value, EventNames.CampaignChanged, null);
        return end == BatchEnd.Complete;
    }
}
