using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

public sealed class WaitOnce : Orchestrator<string, string?>
{
    public override async Task<string?> RunAsync(IOrchestrationContext context, string input)
    {
        context.SetCustomStatus("waiting");
        return await context.WaitForExternalEvent<string?>(input);
    }
}

/// <summary>Does something else first, then reads as many events as asked for, one after the other.</summary>
public sealed class WaitFor : Orchestrator<WaitFor.Input, IReadOnlyList<string>>
{
    public sealed record Input(string Name, int Count, string? After = null);

    public override async Task<IReadOnlyList<string>> RunAsync(IOrchestrationContext context, Input input)
    {
        context.SetCustomStatus("busy");
        if (input.After is { } after) await context.WaitForExternalEvent<string>(after);
        var read = new List<string>();
        while (read.Count < input.Count) read.Add(await context.WaitForExternalEvent<string>(input.Name));
        return read;
    }
}

public sealed class WaitWithTimeout : Orchestrator<TimeSpan, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, TimeSpan input)
    {
        context.SetCustomStatus("waiting");
        try
        {
            return await context.WaitForExternalEvent<string>("Go", input);
        }
        catch (WaitTimedOutException e)
        {
            context.SetCustomStatus("timed out");
            // The event that comes now is for the next wait, not lost to the one that gave up.
            return $"{e.Name} late: {await context.WaitForExternalEvent<string>("Go")}";
        }
    }
}

/// <summary>Two waiters of one name: the newer gets the first event.</summary>
public sealed class NewestFirst : Orchestrator<string, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, string input)
    {
        var older = context.WaitForExternalEvent<string>("Go");
        var newer = context.WaitForExternalEvent<string>("Go");
        context.SetCustomStatus("waiting");
        await Task.WhenAll(older, newer);
        return $"newer: {await newer}, older: {await older}";
    }
}

/// <summary>A waiter abandoned by its token takes no event.</summary>
public sealed class AbandonWait : Orchestrator<string, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, string input)
    {
        using var giveUp = new CancellationTokenSource();
        var abandoned = context.WaitForExternalEvent<string>("Go", giveUp.Token);
        await context.CallActivityAsync<string>(nameof(Echo), input);
        giveUp.Cancel();
        context.SetCustomStatus("waiting");
        var read = await context.WaitForExternalEvent<string>("Go");
        return $"{(abandoned.IsCanceled ? "cancelled" : "open")}, {read}";
    }
}

/// <summary>Reads events until one says stop, an activity after each, as a batch does with its signals.</summary>
public sealed class CollectEvents : Orchestrator<Trace, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, Trace input)
    {
        for (var count = 0; ; count++)
        {
            var next = await context.WaitForExternalEvent<string>("Item");
            if (next == "stop") return count;
            await context.CallActivityAsync<int>(nameof(Note), new Note.Input(input, next));
        }
    }
}

public sealed class Tell : Orchestrator<Tell.Input, string>
{
    public sealed record Input(string InstanceId, string Name, string Payload);

    public override async Task<string> RunAsync(IOrchestrationContext context, Input input)
    {
        context.SendEvent(input.InstanceId, input.Name, input.Payload);
        return await context.CallActivityAsync<string>(nameof(Echo), "told");
    }
}
