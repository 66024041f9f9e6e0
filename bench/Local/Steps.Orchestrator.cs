using Rlhf.Orchestrations;

namespace Rlhf.Bench.Local;

public sealed class Nothing : Activity<int, int>
{
    public override Task<int> RunAsync(int input, CancellationToken cancellation) => Task.FromResult(input);
}

public sealed class OneByOne : Orchestrator<int, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, int input)
    {
        for (var i = 0; i < input; i++) await context.CallActivityAsync<int>(nameof(Nothing), i);
        return input;
    }
}

public sealed class AllAtOnce : Orchestrator<int, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, int input) =>
        (await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.CallActivityAsync<int>(nameof(Nothing), i)))).Length;
}

public sealed class ReadEvents : Orchestrator<int, int>
{
    public override async Task<int> RunAsync(IOrchestrationContext context, int input)
    {
        for (var i = 0; i < input; i++) await context.WaitForExternalEvent<int>("Item");
        return input;
    }
}
