using System.Diagnostics;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;

namespace Rlhf.Local.Durable;

/// <summary>Runs one episode of an instance: reads its messages, replays its history, goes on with what is new, and commits.</summary>
internal sealed class OrchestratorLoop(DurableStore store, StepRegistry steps, IServiceProvider services, ILoggerFactory loggers, TimeProvider time)
{
    private const int MostMessagesAnEpisode = 1_000;

    private readonly ILogger logger = loggers.CreateLogger<OrchestratorLoop>();

    /// <param name="onForeign">Called with the execution where the orchestrator's code later turns up on a foreign thread.</param>
    /// <returns>What follows, or null where there was nothing to do.</returns>
    public async Task<EpisodeEffects?> RunAsync(string id, Action<string> onForeign)
    {
        var (row, messages) = store.ReadInbox(id, MostMessagesAnEpisode);
        if (messages.Count == 0) return null;
        if (row is null || row.Instance.HasEnded)
        {
            await store.DropAsync(messages);
            return null;
        }

        using var scope = logger.BeginScope(WorkIds.OfInstance(id));
        var history = store.ReadHistory(id);
        using var begin = row.Instance.Status == OrchestrationStatus.Pending ? EngineSpans.Begin(row) : null;
        if (begin is not null) row = row with { Trace = begin.Id };
        var episode = new Episode(row, history.Count, messages, News(row, history, messages));
        var outcome = Execute(episode, history, onForeign);
        if (outcome.Failure is { } failure) logger.OrchestrationFailed(id, row.Instance.Orchestrator, failure.Message);
        var effects = await CommitAsync(episode, outcome, begin);
        if (effects?.Ended is { } ended) EngineSpans.End(ended);
        var mayHaveMore = messages.Count == MostMessagesAnEpisode;
        return effects is null || !mayHaveMore ? effects : effects with { ToWake = [.. effects.ToWake, id] };
    }

    private async Task<EpisodeEffects?> CommitAsync(Episode episode, EpisodeOutcome outcome, Activity? begin)
    {
        EpisodeEffects? effects = null;
        try
        {
            return effects = await store.CommitAsync(episode, outcome, time.GetUtcNow());
        }
        finally
        {
            if (effects is null) EngineSpans.Forget(begin);
        }
    }

    /// <summary>Ends an execution whose code awaited something foreign and turned up elsewhere after its episode.</summary>
    public async Task<EpisodeEffects?> FailForeignAsync(string id, string execution)
    {
        if (store.Find(id) is not { Instance.HasEnded: false } row || row.Execution != execution) return null;
        var failure = StepFailure.Of(new ForeignAwaitException(id));
        logger.OrchestrationFailed(id, row.Instance.Orchestrator, failure.Message);
        if (await store.FailAsync(row, failure, time.GetUtcNow()) is not { } ended) return null;
        EngineSpans.End(ended);
        return ended.Parent is { } parent ? new([], [], [parent.Instance]) : null;
    }

    private List<HistoryEvent> News(InstanceRow row, List<HistoryEvent> history, List<InboxMessage> messages)
    {
        // The clock may have been set back since the last episode; an orchestration's time goes forward only.
        var last = history.FindLast(e => e.Kind == HistoryKind.EpisodeStarted)?.At ?? DateTimeOffset.MinValue;
        var now = time.GetUtcNow();
        List<HistoryEvent> news = [new(HistoryKind.EpisodeStarted, At: now > last ? now : last)];
        if (history.Count == 0) news.Add(new(HistoryKind.ExecutionStarted, Payload: row.Instance.Input));
        news.AddRange(messages.Where(m => m.Kind is not null && (m.Execution ?? row.Execution) == row.Execution).Select(m => m.ToEvent()));
        return news;
    }

    private EpisodeOutcome Execute(Episode episode, List<HistoryEvent> history, Action<string> onForeign)
    {
        var (instance, execution) = (episode.Row.Instance, episode.Row.Execution);
        try
        {
            var run = new OrchestrationExecution(instance.InstanceId, execution, Create(instance), loggers, () => onForeign(execution));
            run.Replay(history);
            return run.Continue(episode.News);
        }
        catch (Exception e)
        {
            return new(EpisodeResult.Failed, [], [], [], null, Failure: StepFailure.Of(e));
        }
    }

    private IOrchestrator Create(OrchestrationInstance instance)
    {
        if (steps.Orchestrators.TryGetValue(instance.Orchestrator, out var type)) return (IOrchestrator)ActivatorUtilities.CreateInstance(services, type);
        throw new RlhfException("unknown-orchestrator", $"There is no orchestrator '{instance.Orchestrator}' for '{instance.InstanceId}'.",
            "Register it, or start a version of the program that has it.");
    }
}
