namespace Rlhf.Contracts.Orchestrations;

public abstract partial class OrchestrationContract
{
    [Fact]
    public async Task Marathon_DoesEachStepOnce()
    {
        var output = Output<Marathon.Output>(await EndWhileTimePassesAsync(await StartAsync<Marathon>(new Marathon.Input(Trace, Generations: 3))));
        Assert.Equal(new(3, 3 * 42), output);
        Assert.Equal(3 * (Marathon.Width + 1), Trace.Lines.Count);
        Assert.Equal(Trace.Lines.Count, Trace.Lines.Distinct().Count());
    }
}
