using System.Collections.Concurrent;
using System.Threading.Channels;
using Rlhf.Orchestrations;
using Rlhf.Storage;

namespace Rlhf.Local.Durable;

/// <summary>The embedded durable engine: runs orchestrators and activities by name, with everything they have done in one SQLite file.</summary>
/// <remarks>
/// An orchestrator runs in episodes. An episode reads the instance's messages (what came back, events, due timers), replays history, goes on from there, and commits
/// history, new work and used-up messages in one transaction. So a process killed anywhere goes on from the last commit, activities run at least once, and nothing is done by halves.
/// </remarks>
public sealed class DurableEngine : IHostedService, IDisposable
{
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(1);

    /// <summary>What <see cref="StorageHealth"/> calls the engine's own writes.</summary>
    private const string Progress = "store progress";

    private readonly DurableSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly StorageHealth health;
    private readonly OrchestratorLoop orchestrators;
    private readonly ActivityLoop activities;
    private readonly TimerQueue timers;
    private readonly ReadyQueue ready = new();
    private readonly ConcurrentDictionary<string, string> foreign = [];
    private readonly Channel<WorkItem> work = Channel.CreateUnbounded<WorkItem>();
    private readonly Channel<StepAddress> dueTimers = Channel.CreateUnbounded<StepAddress>();
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> loops = [];
    private FileStream? ownership;

    /// <exception cref="RlhfException">The settings are not valid or the database can't be opened.</exception>
    public DurableEngine(DurableSettings settings, StepRegistry steps, IServiceProvider services, ILoggerFactory loggers, TimeProvider time, StorageHealth health)
    {
        settings.Validate();
        this.settings = settings;
        this.time = time;
        this.health = health;
        logger = loggers.CreateLogger<DurableEngine>();
        Steps = steps;
        Store = new(settings.DatabasePath);
        orchestrators = new(Store, steps, services, loggers, time);
        activities = new(Store, steps, services, loggers);
        timers = new(time, step => dueTimers.Writer.TryWrite(step));
    }

    internal DurableStore Store { get; }

    internal StepRegistry Steps { get; }

    /// <summary>Goes on with all that an earlier process left.</summary>
    /// <exception cref="RlhfException"><c>durable-in-use</c>: another process runs this database.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        ownership = TakeOwnership();
        var (instances, items, waiting) = (Store.InstancesWithMessages(), Store.ReadWork(), Store.ReadTimers());
        foreach (var item in items) work.Writer.TryWrite(item);
        foreach (var timer in waiting) timers.Add(timer.Step, timer.DueAt);
        foreach (var instance in instances) Wake(instance);
        for (var i = 0; i < settings.OrchestratorConcurrency; i++) loops.Add(Task.Run(RunOrchestratorsAsync, CancellationToken.None));
        for (var i = 0; i < settings.ActivityConcurrency; i++) loops.Add(Task.Run(RunActivitiesAsync, CancellationToken.None));
        loops.Add(Task.Run(FireTimersAsync, CancellationToken.None));
        logger.Started(Store.File, instances.Count, items.Count, waiting.Count);
        return Task.CompletedTask;
    }

    /// <summary>Stops taking work, asks running activities to stop and waits a while for them.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await Task.WhenAny(Task.WhenAll(loops), Task.Delay(settings.StopGrace, cancellationToken));
        if (loops.Count(l => !l.IsCompleted) is var left and > 0) logger.ActivitiesLeft(left);
    }

    public void Dispose()
    {
        stopping.Cancel();
        timers.Dispose();
        Store.Dispose();
        ownership?.Dispose();
    }

    /// <summary>The instance has a message.</summary>
    internal void Wake(string instance) => ready.Add(instance);

    internal void CancelActivities(string instance) => activities.Cancel(instance);

    private FileStream TakeOwnership()
    {
        var file = Store.File + ".owner";
        try
        {
            return new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new RlhfException("durable-in-use", $"Another process runs the orchestrations in '{Store.File}'.", "Stop that one, or use another data folder.", 409, e);
        }
    }

    private Task RunOrchestratorsAsync() => LoopAsync(async () =>
    {
        var instance = await ready.TakeAsync(stopping.Token);
        try
        {
            await PersistAsync(instance, () => RunEpisodeAsync(instance));
        }
        finally
        {
            ready.Release(instance);
        }
    });

    private async Task<bool> RunEpisodeAsync(string instance)
    {
        if (foreign.TryGetValue(instance, out var execution))
        {
            Follow(await orchestrators.FailForeignAsync(instance, execution));
            foreign.TryRemove(instance, out _);
        }

        Follow(await orchestrators.RunAsync(instance, e => ReportForeign(instance, e)));
        return true;
    }

    private void ReportForeign(string instance, string execution)
    {
        foreign[instance] = execution;
        Wake(instance);
    }

    private Task RunActivitiesAsync() => LoopAsync(async () =>
    {
        var item = await work.Reader.ReadAsync(stopping.Token);
        if (await activities.RunAsync(item, PersistAsync, stopping.Token)) Wake(item.Step.Instance);
    });

    private Task FireTimersAsync() => LoopAsync(async () =>
    {
        var timer = await dueTimers.Reader.ReadAsync(stopping.Token);
        if (await PersistAsync(timer.Instance, () => Store.FireTimerAsync(timer))) Wake(timer.Instance);
    });

    private void Follow(EpisodeEffects? effects)
    {
        if (effects is null) return;
        foreach (var item in effects.Work) work.Writer.TryWrite(item);
        foreach (var timer in effects.Timers) timers.Add(timer.Step, timer.DueAt);
        foreach (var instance in effects.ToWake) Wake(instance);
    }

    private async Task LoopAsync(Func<Task> next)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await next();
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // What was under way is in the store, and goes on at the next start.
            }
            catch (Exception e)
            {
                logger.LoopFailed(e);
            }
        }
    }

    /// <summary>Storage that fails now (a full disk) may work again soon: nothing is given up, it is said and tried again.</summary>
    private async Task<bool> PersistAsync(string instance, Func<Task<bool>> persist)
    {
        while (true)
        {
            try
            {
                var changed = await persist();
                health.Works(Progress);
                return changed;
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                health.Failed(Progress, e);
                logger.StoreFailed(e, instance, StorePause);
            }

            await Task.Delay(StorePause, time, stopping.Token);
        }
    }
}
