using Microsoft.Extensions.Time.Testing;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Storage;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>Two processes over one table: what each keeps in memory must never be believed over what the other wrote.</summary>
public sealed class AnnotatorStoreTests : IDisposable
{
    private static readonly CampaignId Campaign = CampaignId.From("support");
    private static readonly AnnotatorId Ada = AnnotatorId.From("ada");
    private static readonly TaskKey First = new(BatchId.From("support-r1-b00001"), ComparisonId.From("first"));
    private static readonly TaskKey Second = First with { Comparison = ComparisonId.From("second") };

    private readonly FakeTimeProvider time = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder folder = new();
    private readonly SqliteTableStore tables;
    private readonly RankingStore rankings;

    public AnnotatorStoreTests()
    {
        tables = new(folder.File("tables.db"));
        rankings = new(tables, time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoteJudged_ProcessEndsBeforeTheNextTask_IsFoundBehindTheHeldOne()
    {
        var lost = Process();
        await ServeAsync(lost, First);
        await RankAsync(lost, First);

        var state = await Process().GetAsync(Campaign, Ada, Cancellation);
        Assert.Empty(state.Held);
        Assert.Equal([First], state.Recent);
        Assert.Equal(1, state.Judged);
    }

    [Fact]
    public async Task NoteJudged_ThroughAnotherProcess_IsSeenAndCountedOnce()
    {
        var (one, other) = (Process(), Process());
        await ServeAsync(one, First);
        Assert.Equal(First, (await other.GetAsync(Campaign, Ada, Cancellation)).Held.Single().Task);
        await RankAsync(other, First);

        Assert.Empty((await one.GetAsync(Campaign, Ada, Cancellation)).Held);
        await ServeAsync(one, Second);
        await RankAsync(one, Second);
        foreach (var store in new[] { one, other, Process() })
        {
            var state = await store.GetAsync(Campaign, Ada, Cancellation);
            Assert.Equal(2, state.Judged);
            Assert.Equal([Second, First], state.Recent);
        }
    }

    [Fact]
    public async Task Serve_StateChangedElsewhere_KeepsBoth()
    {
        var (one, other) = (Process(), Process());
        await one.GetAsync(Campaign, Ada, Cancellation);
        await ServeAsync(other, First);
        await ServeAsync(one, Second);
        Assert.Equal([First, Second], (await Process().GetAsync(Campaign, Ada, Cancellation)).Held.Select(h => h.Task));
    }

    [Fact]
    public async Task Serve_ServedBefore_KeepsTheSides()
    {
        var shown = await ServeAsync(Process(), First, "a", "b");
        var again = await ServeAsync(Process(), First, "b", "a");
        Assert.Equal(shown.ShownOrder, again.ShownOrder);
        Assert.Equal(["a", "b"], (await Process().FindServedAsync(Campaign, Ada, First.Comparison, Cancellation))!.ShownOrder);
    }

    [Fact]
    public async Task GetRecent_WithinItsTrust_ReadsNothing()
    {
        var (one, other) = (Process(), Process());
        await ServeAsync(one, First);
        await ServeAsync(other, Second);
        Assert.Single((await one.GetRecentAsync(Campaign, Ada, Cancellation)).Held);
        time.Advance(AnnotatorStore.TrustFor);
        Assert.Equal(2, (await one.GetRecentAsync(Campaign, Ada, Cancellation)).Held.Count);
    }

    public void Dispose()
    {
        tables.Dispose();
        folder.Dispose();
    }

    private AnnotatorStore Process() => new(tables, rankings, time);

    private Task<Served> ServeAsync(AnnotatorStore store, TaskKey task, params string[] shown)
    {
        var held = new HeldTask(task, time.GetUtcNow() + TimeSpan.FromMinutes(10));
        return store.ServeAsync(Campaign, Ada, new(task, shown, time.GetUtcNow()), s => s.Holding(held, time.GetUtcNow()), Cancellation);
    }

    private async Task RankAsync(AnnotatorStore store, TaskKey task)
    {
        await rankings.TryInsertAsync(new(task.Comparison, task.Batch, Ada, AnnotatorKind.Person, RankingOutcome.BothBad, [], [], time.GetUtcNow()), Cancellation);
        await store.NoteJudgedAsync(Campaign, Ada, task, isNew: true, Cancellation);
    }
}
