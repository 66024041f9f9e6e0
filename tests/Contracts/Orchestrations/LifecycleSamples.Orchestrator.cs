using Microsoft.Extensions.Logging;
using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

/// <summary>Continues as new until it has counted to ten.</summary>
public sealed class CountUp : Orchestrator<int, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, int input)
    {
        await context.CallActivityAsync<string>(nameof(Echo), "a step");
        if (input < 10) context.ContinueAsNew(input + 1);
        return input;
    }
}

/// <summary>Reads one event a generation; those that came meanwhile must reach the next ones, in order.</summary>
public sealed class CollectAcrossGenerations : Orchestrator<IReadOnlyList<string>, IReadOnlyList<string>>
{
    public override async Task<IReadOnlyList<string>> RunAsync(IOrchestrationContext context, IReadOnlyList<string> input)
    {
        context.SetCustomStatus($"generation {input.Count}");
        IReadOnlyList<string> read = [.. input, await context.WaitForExternalEvent<string>("Item")];
        await context.CallActivityAsync<string>(nameof(Echo), "a step");
        if (read.Count < 5) context.ContinueAsNew(read);
        return read;
    }
}

public sealed class Parent : Orchestrator<Parent.Input, string>
{
    public sealed record Input(string Child, string? ChildInput, string? ChildId = null);

    public override async Task<string> RunAsync(IOrchestrationContext context, Input input)
    {
        context.SetCustomStatus("started");
        return $"child: {await context.CallSubOrchestratorAsync<string>(input.Child, input.ChildInput, new(InstanceId: input.ChildId))}";
    }
}

/// <summary>The failure of a step two levels down, as it arrives here.</summary>
public sealed class NestedFailure : Orchestrator<string, StepFailure>
{
    public override async Task<StepFailure> RunAsync(IOrchestrationContext context, string input)
    {
        try
        {
            await context.CallSubOrchestratorAsync<string>(nameof(LetFail), input);
            throw new InvalidOperationException("It should have failed.");
        }
        catch (StepFailedException e)
        {
            return e.Failure;
        }
    }
}

public sealed class SetStatus : Orchestrator<int, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, int input)
    {
        context.SetCustomStatus(new string('s', input));
        await context.CallActivityAsync<string>(nameof(Echo), "a step");
        return "done";
    }
}

/// <summary>Logs a line before and after each of three steps.</summary>
public sealed class LogLines : Orchestrator<string, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, string input)
    {
        var logger = context.CreateReplaySafeLogger("contract");
        for (var i = 0; i < 3; i++)
        {
            Line(logger, input, i);
            await context.CallActivityAsync<string>(nameof(Echo), "a step");
        }

        return 3;
    }

    private static readonly Action<ILogger, string, int, Exception?> Lines = LoggerMessage.Define<string, int>(LogLevel.Information, new(1), "{Instance} line {Number}");

    private static void Line(ILogger logger, string instance, int number) => Lines(logger, instance, number, null);
}
