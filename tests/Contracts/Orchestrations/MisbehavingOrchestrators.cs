using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

// What the analyzer forbids in *.Orchestrator.cs stands here, to show what the hosts make of it.

public sealed class AwaitForeign : Orchestrator<string, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, string input)
    {
        await Task.Delay(20);
        return await context.CallActivityAsync<string>(nameof(Echo), input);
    }
}

/// <summary>Awaits something foreign while a task of the context's is open too.</summary>
public sealed class AwaitForeignBeside : Orchestrator<string, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, string input)
    {
        var timer = context.CreateTimer(TimeSpan.FromDays(1));
        await Task.Delay(20);
        await timer;
        return input;
    }
}

public sealed class ContinueElsewhere : Orchestrator<string, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, string input)
    {
        await Task.Delay(20).ConfigureAwait(false);
        try
        {
            return await context.CallActivityAsync<string>(nameof(Echo), input);
        }
        catch (ForeignAwaitException)
        {
            return "caught";
        }
    }
}
