using System.Collections.Concurrent;
using Rlhf.Storage;

namespace Rlhf.Labeling.Serving;

/// <summary>Where annotators stand and what they were served. Table <c>annotators</c>: partition = campaign~annotator, row <c>!state</c>, and a row for each comparison served (by its id).</summary>
/// <remarks>An annotator's calls mostly reach the same process, one after the other, so what was read or written last is kept there: each write is guarded by its ETag, and whoever came between is read then.
/// A judgement is noted in memory and written with the next task. If the process dies before that, the ranking is found behind the task that is still held, and noted then.</remarks>
public sealed class AnnotatorStore(ITableStore tables, RankingStore rankings, TimeProvider time)
{
    public const string Table = "annotators";

    /// <summary>How old a state in memory may be where an outdated one does no harm.</summary>
    public static readonly TimeSpan TrustFor = TimeSpan.FromSeconds(2);

    private const string StateRow = "!state";

    private const int ServedInMemory = 2 * AnnotatorState.MaximumHeld;

    private readonly ConcurrentDictionary<(CampaignId, AnnotatorId), Session> sessions = new();

    /// <summary>The annotator's state as storage has it, with what this process has noted since.</summary>
    public Task<AnnotatorState> GetAsync(CampaignId campaign, AnnotatorId annotator, CancellationToken cancellation) =>
        AloneAsync(campaign, annotator, async session => (await ReadAsync(session, cancellation)).State, cancellation);

    /// <summary>The same, or what this process knew a moment ago: another may have changed it since.</summary>
    public async Task<AnnotatorState> GetRecentAsync(CampaignId campaign, AnnotatorId annotator, CancellationToken cancellation) =>
        SessionOf(campaign, annotator).Known is { } known && time.GetUtcNow() - known.ReadAt < TrustFor ? known.State : await GetAsync(campaign, annotator, cancellation);

    /// <summary>Changes the annotator's row under its ETag, again until nobody came between (the same person in two windows).</summary>
    /// <param name="change">Pure; it may run several times.</param>
    public Task<AnnotatorState> UpdateAsync(CampaignId campaign, AnnotatorId annotator, Func<AnnotatorState, AnnotatorState> change, CancellationToken cancellation) =>
        AloneAsync(campaign, annotator, session => UpdateAsync(session, change, cancellation), cancellation);

    /// <summary>Puts a comparison before the annotator: the right to submit, late too, and the state that holds it, at once. Where it was served before, the sides stay as they were first shown.</summary>
    public Task<Served> ServeAsync(
        CampaignId campaign, AnnotatorId annotator, Served served, Func<AnnotatorState, AnnotatorState> change, CancellationToken cancellation) =>
        AloneAsync(campaign, annotator, async session =>
        {
            var known = session.Known ?? await ReadAsync(session, cancellation);
            var state = change(known.State);
            var insert = new TableOperation(TableOperationKind.Insert, served.Task.Comparison.Value, StorageExtensions.ToBody(served));
            var written = await tables.WriteAsync(Table, session.Partition, [insert, StateWrite(known, state)], cancellation);
            if (written is not null)
            {
                session.Known = new(state, written[1], time.GetUtcNow(), [served, .. known.Served.Take(ServedInMemory - 1)]);
                return served;
            }
            // Served before, or the state was changed elsewhere: one after the other.
            var first = await MarkServedAsync(campaign, annotator, served, cancellation);
            await ReadAsync(session, cancellation);
            await UpdateAsync(session, change, cancellation);
            return first;
        }, cancellation);

    /// <summary>The right to submit, late too. The sides stay as they were first shown.</summary>
    public async Task<Served> MarkServedAsync(CampaignId campaign, AnnotatorId annotator, Served served, CancellationToken cancellation)
    {
        var inserted = await tables.TryInsertAsync(Table, PartitionOf(campaign, annotator), served.Task.Comparison.Value, served, cancellation);
        return inserted is not null ? served : await FindServedAsync(campaign, annotator, served.Task.Comparison, cancellation) ?? served;
    }

    /// <summary>Null where the comparison was never served to this annotator.</summary>
    public async Task<Served?> FindServedAsync(CampaignId campaign, AnnotatorId annotator, ComparisonId comparison, CancellationToken cancellation)
    {
        // A right to submit is never taken back, so it needs no second look.
        if (SessionOf(campaign, annotator).Known?.Served.FirstOrDefault(s => s.Task.Comparison == comparison) is { } served) return served;
        return (await tables.FindAsync(Table, PartitionOf(campaign, annotator), comparison.Value, cancellation))?.ReadBody<Served>();
    }

    /// <summary>Notes a judgement. It is written with the next change where this process put the task before the annotator, at once otherwise.</summary>
    public Task NoteJudgedAsync(CampaignId campaign, AnnotatorId annotator, TaskKey task, bool isNew, CancellationToken cancellation) =>
        AloneAsync(campaign, annotator, async session =>
        {
            AnnotatorState Judge(AnnotatorState state) => state.AfterJudging(task, isNew, time.GetUtcNow());
            if (session.Known is not { ETag: not null } known || !known.State.Held.Any(h => h.Task == task)) return await UpdateAsync(session, Judge, cancellation);
            session.Known = known with { State = Judge(known.State) };
            return session.Known.State;
        }, cancellation);

    private async Task<AnnotatorState> UpdateAsync(Session session, Func<AnnotatorState, AnnotatorState> change, CancellationToken cancellation)
    {
        var known = session.Known ?? await ReadAsync(session, cancellation);
        while (true)
        {
            var state = change(known.State);
            if (await tables.WriteAsync(Table, session.Partition, [StateWrite(known, state)], cancellation) is { } written)
            {
                session.Known = known with { State = state, ETag = written[0], ReadAt = time.GetUtcNow() };
                return state;
            }
            known = await ReadAsync(session, cancellation);
        }
    }

    private async Task<Known> ReadAsync(Session session, CancellationToken cancellation)
    {
        var row = await tables.FindAsync(Table, session.Partition, StateRow, cancellation);
        // Nobody wrote it since: what was noted here still goes on top of it.
        var state = session.Known is { } before && before.ETag == row?.ETag ? before.State : row?.ReadBody<AnnotatorState>() ?? AnnotatorState.New(session.Annotator);
        foreach (var held in state.Held)
            if (await rankings.FindAsync(held.Task.Batch, held.Task.Comparison, session.Annotator, cancellation) is { Ranking.SubmittedAt: var at }) state = state.AfterJudging(held.Task, isNew: true, at);
        return session.Known = new(state, row?.ETag, time.GetUtcNow(), session.Known?.Served ?? []);
    }

    /// <summary>One at a time for an annotator in this process: a note must not be overwritten by what was under way.</summary>
    private async Task<T> AloneAsync<T>(CampaignId campaign, AnnotatorId annotator, Func<Session, Task<T>> work, CancellationToken cancellation)
    {
        var session = SessionOf(campaign, annotator);
        await session.Gate.WaitAsync(cancellation);
        try
        {
            return await work(session);
        }
        finally
        {
            session.Gate.Release();
        }
    }

    private Session SessionOf(CampaignId campaign, AnnotatorId annotator) =>
        sessions.GetOrAdd((campaign, annotator), _ => new(annotator, PartitionOf(campaign, annotator)));

    private static TableOperation StateWrite(Known known, AnnotatorState state) => known.ETag is null
        ? new(TableOperationKind.Insert, StateRow, StorageExtensions.ToBody(state))
        : new(TableOperationKind.Replace, StateRow, StorageExtensions.ToBody(state), known.ETag);

    private static string PartitionOf(CampaignId campaign, AnnotatorId annotator) => $"{campaign}~{annotator}";

    private sealed class Session(AnnotatorId annotator, string partition)
    {
        public AnnotatorId Annotator => annotator;

        public string Partition => partition;

        public SemaphoreSlim Gate { get; } = new(1);

        public Known? Known { get; set; }
    }

    /// <param name="ETag">Of the row that <paramref name="State"/> goes on from; null where there is none.</param>
    /// <param name="Served">The latest.</param>
    private sealed record Known(AnnotatorState State, string? ETag, DateTimeOffset ReadAt, IReadOnlyList<Served> Served);
}

/// <summary>A comparison was put before an annotator.</summary>
/// <param name="ShownOrder">The answers' own ids, left to right.</param>
public sealed record Served(TaskKey Task, IReadOnlyList<string> ShownOrder, DateTimeOffset ServedAt);
