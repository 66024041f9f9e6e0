using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

/// <summary>A bit of everything, for generations on end: activities side by side, a child that waits for an event, a timer, and continue-as-new. Killed anywhere, it must come to the same end.</summary>
public sealed class Marathon : Orchestrator<Marathon.Input, Marathon.Output>
{
    public const int Width = 5;

    public sealed record Input(Trace Trace, int Generations, int Generation = 0, int Sum = 0);

    public sealed record Output(int Generations, int Sum);

    public override async Task<Output> RunAsync(IOrchestrationContext context, Input input)
    {
        context.SetCustomStatus($"generation {input.Generation}");
        await Task.WhenAll(Enumerable.Range(0, Width).Select(i => NoteAsync(context, input, $"{i}")));

        var childId = $"{context.InstanceId}-child{input.Generation}";
        var child = context.CallSubOrchestratorAsync<IReadOnlyList<string>>(nameof(WaitFor), new WaitFor.Input("Go", 2), new(InstanceId: childId));
        context.SendEvent(childId, "Go", "20");
        await context.CreateTimer(TimeSpan.FromMilliseconds(5));
        context.SendEvent(childId, "Go", "22");
        var sum = input.Sum + (await child).Sum(int.Parse);

        await NoteAsync(context, input, "end");
        if (input.Generation + 1 < input.Generations) context.ContinueAsNew(input with { Generation = input.Generation + 1, Sum = sum });
        return new(input.Generation + 1, sum);
    }

    private static Task<int> NoteAsync(IOrchestrationContext context, Input input, string line) =>
        context.CallActivityAsync<int>(nameof(Note), new Note.Input(input.Trace, $"g{input.Generation}-{line}"));
}
