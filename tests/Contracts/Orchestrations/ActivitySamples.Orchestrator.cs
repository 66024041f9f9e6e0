using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

public sealed class EchoTwice : Orchestrator<string, string>
{
    public override async Task<string> RunAsync(IOrchestrationContext context, string input)
    {
        var first = await context.CallActivityAsync<string>(nameof(Echo), input + " once");
        return await context.CallActivityAsync<string>(nameof(Echo), first + " twice");
    }
}

public sealed class FanOut : Orchestrator<int, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, int input)
    {
        var echoes = await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.CallActivityAsync<string>(nameof(Echo), $"{i}")));
        return echoes.Sum(int.Parse);
    }
}

public sealed class CatchFailure : Orchestrator<string, StepFailure>
{
    public override async Task<StepFailure> RunAsync(IOrchestrationContext context, string input)
    {
        try
        {
            await context.CallActivityAsync<string>(nameof(Fail), input);
            throw new InvalidOperationException("It should have failed.");
        }
        catch (StepFailedException e)
        {
            // A step after a failure goes on as ever.
            await context.CallActivityAsync<string>(nameof(Echo), e.Step);
            return e.Failure;
        }
    }
}

public sealed class LetFail : Orchestrator<string, string>
{
    public override Task<string> RunAsync(IOrchestrationContext context, string input) => context.CallActivityAsync<string>(nameof(Fail), input);
}

public sealed class Throw : Orchestrator<string, string>
{
    public override Task<string> RunAsync(IOrchestrationContext context, string input) => throw new RlhfException("thrown", input, "Do otherwise.");
}

public sealed class Retry : Orchestrator<Retry.Input, int>
{
    public sealed record Input(Trace Trace, int Failures, int Attempts, TimeSpan Delay, bool OnlyOthers = false, bool IsForGood = false);

    public override Task<int> RunAsync(IOrchestrationContext context, Input input)
    {
        context.SetCustomStatus("retrying");
        var policy = new StepRetryPolicy(input.Attempts, input.Delay, Backoff: 2,
            HandlesErrorType: input.OnlyOthers ? type => type != typeof(TimeoutException).FullName : null);
        return context.CallActivityAsync<int>(nameof(FailAtFirst), new FailAtFirst.Input(input.Trace, input.Failures, input.IsForGood), new(policy));
    }
}

public sealed class CallUnknown : Orchestrator<string, string>
{
    public override Task<string> RunAsync(IOrchestrationContext context, string input) => context.CallActivityAsync<string>("NoSuchActivity", input);
}

public sealed class CallBig : Orchestrator<int, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, int input) => (await context.CallActivityAsync<string>(nameof(Big), input)).Length;
}

public sealed class SendBig : Orchestrator<int, string>
{
    public override Task<string> RunAsync(IOrchestrationContext context, int input) => context.CallActivityAsync<string>(nameof(Echo), new string('x', input));
}

public sealed class WaitForHang : Orchestrator<Trace, string>
{
    public override Task<string> RunAsync(IOrchestrationContext context, Trace input) => context.CallActivityAsync<string>(nameof(Hang), input);
}
