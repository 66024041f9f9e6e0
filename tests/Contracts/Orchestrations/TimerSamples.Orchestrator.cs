using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

public sealed class Sleep : Orchestrator<TimeSpan, TimeSpan>
{
    public override async Task<TimeSpan> RunAsync(IOrchestrationContext context, TimeSpan input)
    {
        var start = context.CurrentUtcDateTime;
        context.SetCustomStatus("asleep");
        await context.CreateTimer(input);
        return context.CurrentUtcDateTime - start;
    }
}

/// <summary>Cancels a long timer once an activity is done, and ends.</summary>
public sealed class CancelTimer : Orchestrator<string, bool>
{
    public override async Task<bool> RunAsync(IOrchestrationContext context, string input)
    {
        using var giveUp = new CancellationTokenSource();
        var timer = context.CreateTimer(TimeSpan.FromDays(3), giveUp.Token);
        await context.CallActivityAsync<string>(nameof(Echo), input);
        giveUp.Cancel();
        try
        {
            await timer;
            return false;
        }
        catch (TaskCanceledException)
        {
            return true;
        }
    }
}

/// <summary>An event against a timer: who is first?</summary>
public sealed class Race : Orchestrator<TimeSpan, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, TimeSpan input)
    {
        using var giveUp = new CancellationTokenSource();
        var timer = context.CreateTimer(input, giveUp.Token);
        var raised = context.WaitForExternalEvent<string>("Go", giveUp.Token);
        context.SetCustomStatus("racing");
        var first = await Task.WhenAny(timer, raised);
        giveUp.Cancel();
        return first == timer ? "timer" : await raised;
    }
}

/// <summary>What must be the same in every replay, looked at before and after a wait.</summary>
public sealed class TimeAndIds : Orchestrator<Trace, TimeAndIds.Output>
{
    public sealed record Output(Guid First, Guid Second, Guid Third, DateTimeOffset Before, DateTimeOffset After);

    public override async Task<Output> RunAsync(IOrchestrationContext context, Trace input)
    {
        var (first, second, before) = (context.NewGuid(), context.NewGuid(), context.CurrentUtcDateTime);
        await context.CallActivityAsync<int>(nameof(Note), new Note.Input(input, $"{first} {before:O}"));
        await context.WaitForExternalEvent<string>("Go");
        await context.CallActivityAsync<int>(nameof(Note), new Note.Input(input, $"{first} {before:O}"));
        return new(first, second, context.NewGuid(), before, context.CurrentUtcDateTime);
    }
}
