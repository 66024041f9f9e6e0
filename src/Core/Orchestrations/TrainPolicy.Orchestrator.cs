using Rlhf.Training;

namespace Rlhf.Orchestrations;

/// <param name="Follow">Null at the first start.</param>
public sealed record TrainPolicyInput(CampaignId Campaign, RunId Run, FollowWait? Follow = null);

/// <summary>What travels from one execution of the following to the next.</summary>
public sealed record FollowWait(TimeSpan Look, TimeSpan LongestLook);

/// <summary>Carries a run: freezes its snapshot, has its job started and followed to its end, has the model judged.</summary>
/// <remarks>The job's end is its status file, read with the launcher's word; a signal only makes that sooner.</remarks>
public sealed class TrainPolicy : Orchestrator<TrainPolicyInput, RunState>
{
    /// <summary>Looks in one execution; then history begins anew.</summary>
    private const int LooksPerExecution = 60;

    public override async Task<RunState> RunAsync(IOrchestrationContext context, TrainPolicyInput input)
    {
        try
        {
            return await CarryAsync(context, input);
        }
        catch (StepFailedException e) when (Trouble.PassesByItself(e))
        {
            // The job goes on by itself meanwhile, so nothing is lost by looking again later.
            await context.ForSignalAsync(EventNames.RunChanged, Trouble.Rest);
            context.ContinueAsNew(input);
            return RunState.Running;
        }
        catch (StepFailedException e)
        {
            return await FailAsync(context, input, e.Failure);
        }
    }

    private static async Task<RunState> CarryAsync(IOrchestrationContext context, TrainPolicyInput input)
    {
        var step = new RunStep(input.Campaign, input.Run);
        if (input.Follow is not { } follow)
        {
            var begun = await context.CallActivityAsync<BeginRunResult>(nameof(BeginRun), step, Retries.Storage);
            if (begun.State != RunState.Running) return await EndAsync(context, step, begun.State);
            follow = new(begun.FirstLook, begun.LongestLook);
        }
        return await FollowAsync(context, input, step, follow);
    }

    private static async Task<RunState> FollowAsync(IOrchestrationContext context, TrainPolicyInput input, RunStep step, FollowWait follow)
    {
        for (var looks = 0; looks < LooksPerExecution; looks++)
        {
            var look = await context.CallActivityAsync<JobLook>(nameof(FollowJob), step, Retries.Storage);
            if (look.State == RunState.Succeeded)
                await context.CallSubOrchestratorAsync<bool>(nameof(EvaluateModel), step, new StepOptions(InstanceId: $"{step.Run}-evaluate"));
            if (look.State != RunState.Running) return await EndAsync(context, step, look.State);
            var isSignalled = await context.ForSignalAsync(EventNames.RunChanged, follow.Look);
            if (!isSignalled) follow = follow with { Look = Waits.Longer(follow.Look, follow.LongestLook) };
        }
        context.ContinueAsNew(input with { Follow = follow });
        return RunState.Running;
    }

    private static async Task<RunState> EndAsync(IOrchestrationContext context, RunStep step, RunState state)
    {
        var ended = await context.CallActivityAsync<EndRunResult>(nameof(EndRun), new EndRunInput(step.Campaign, step.Run, state), Retries.Storage);
        context.SendEvent(step.Campaign.Value, EventNames.CampaignChanged, null);
        return ended.State;
    }

    private static async Task<RunState> FailAsync(IOrchestrationContext context, TrainPolicyInput input, StepFailure failure)
    {
        try
        {
            await context.CallActivityAsync<EndRunResult>(nameof(FailRun), new FailRunInput(input.Campaign, input.Run, failure), Retries.Storage);
            context.SendEvent(input.Campaign.Value, EventNames.CampaignChanged, null);
            return RunState.Failed;
        }
        catch (StepFailedException e) when (Trouble.PassesByItself(e))
        {
            await context.ForSignalAsync(EventNames.RunChanged, Trouble.Rest);
            context.ContinueAsNew(input);
            return RunState.Running;
        }
    }
}
