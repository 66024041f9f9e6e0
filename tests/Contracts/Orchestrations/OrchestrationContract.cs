using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

/// <summary>What every host of orchestrations promises: one test for each line of <see cref="IOrchestrationContext"/> and <see cref="IOrchestrationClient"/>.
/// A host runs the steps of <see cref="ContractSteps"/>; activities write into files, so that the host may be another process.</summary>
public abstract partial class OrchestrationContract : IDisposable
{
    private readonly TemporaryFolder folder = new();

    protected abstract IOrchestrationClient Client { get; }

    /// <summary>Lets time go by for the host: a test clock jumps, a real one is waited for.</summary>
    protected abstract Task PassTimeAsync(TimeSpan time);

    /// <summary>A time long enough to tell a timer from none, and short enough for this host's clock.</summary>
    protected abstract TimeSpan SomeTime { get; }

    /// <summary>How much too early a timer may fire here.</summary>
    protected virtual TimeSpan TimersEarlyBy => TimeSpan.Zero;

    /// <summary>Whether the host looks at an orchestrator again after an episode, and so sees code that goes on elsewhere while a task of the context's is open.</summary>
    protected virtual bool SeesForeignAwaitBesideOpenTasks => true;

    protected Trace Trace => new(folder.File("trace"));

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => folder.Dispose();

    protected static string NewId() => $"test-{Guid.NewGuid():n}";

    protected async Task<string> StartAsync<TOrchestrator>(object? input = null, string? id = null) where TOrchestrator : IOrchestrator
    {
        id ??= NewId();
        await Client.ScheduleAsync(typeof(TOrchestrator).Name, input, id);
        return id;
    }

    protected async Task<OrchestrationInstance> RunAsync<TOrchestrator>(object? input = null, string? id = null) where TOrchestrator : IOrchestrator =>
        await EndAsync(await StartAsync<TOrchestrator>(input, id));

    protected async Task<TOutput> OutputAsync<TOrchestrator, TOutput>(object? input = null) where TOrchestrator : IOrchestrator =>
        Output<TOutput>(await RunAsync<TOrchestrator>(input));

    protected static TOutput Output<TOutput>(OrchestrationInstance ended)
    {
        Assert.True(ended.Status == OrchestrationStatus.Completed, $"{ended.Status}: {ended.Failure}");
        return Payloads.Read<TOutput>(ended.Output);
    }

    protected Task<OrchestrationInstance> EndAsync(string id) =>
        Eventually.GetAsync(async () => await Client.GetAsync(id) is { HasEnded: true } ended ? ended : null, $"the end of {id}");

    protected Task<OrchestrationInstance> EndWhileTimePassesAsync(string id) => Eventually.GetAsync(async () =>
    {
        if (await Client.GetAsync(id) is { HasEnded: true } ended) return ended;
        await PassTimeAsync(SomeTime);
        return null;
    }, $"the end of {id}");

    /// <summary>Waits until the instance says so in its custom status; what it set before waiting is stored together with the wait.</summary>
    protected Task<OrchestrationInstance> StatusAsync(string id, string status) => Eventually.GetAsync(
        async () => await Client.GetAsync(id) is { CustomStatus: { } current } instance && current == $"\"{status}\"" ? instance : null, $"status '{status}' of {id}");
}

/// <summary>What activities did, one line each, in a file.</summary>
public sealed record Trace(string File)
{
    public IReadOnlyList<string> Lines
    {
        get
        {
            if (!System.IO.File.Exists(File)) return [];
            using var reader = new StreamReader(new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    public void Add(string line)
    {
        lock (typeof(Trace)) System.IO.File.AppendAllText(File, line + "\n");
    }
}
