using Microsoft.Extensions.Time.Testing;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Web;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>The form's counts: what this process sees counts at once, what others write within a while.</summary>
public sealed class ProgressBoardTests
{
    private readonly FakeTimeProvider time = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    private readonly CountingTables tables = new();

    [Fact]
    public async Task Note_RankingsThroughThisProcess_CountAtOnceAndNothingIsReadForIt()
    {
        await using var host = await WebHost.StartAsync(tables.Decorate, time);
        await host.PublishAsync(count: 3);
        var annotator = await host.InviteAsync();
        var board = host.Get<ProgressBoard>();
        Assert.Equal((0, 3), Of(await board.GetAsync(WebHost.Campaign)));
        await annotator.RankAsync((await annotator.NextAsync()).Task!);
        tables.Reset();

        Assert.Equal((1, 3), Of(await board.GetAsync(WebHost.Campaign)));
        // Counted anew, the open batch still is as it was looked at when it was ranked.
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((1, 3), Of(await board.GetAsync(WebHost.Campaign)));
        Assert.Equal(0, tables.RowsOf(RankingStore.Table));
    }

    [Fact]
    public async Task Note_AnAmendedSkip_TakesItsCountBack()
    {
        await using var host = await WebHost.StartAsync(time: time);
        await host.PublishAsync(count: 1);
        var board = host.Get<ProgressBoard>();
        await board.GetAsync(WebHost.Campaign);
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        await annotator.RankAsync(task);
        Assert.Equal(1, (await board.GetAsync(WebHost.Campaign)).Complete);

        await annotator.RankAsync(task.Comparison, new(RankingOutcome.Skip, Amends: 1));

        Assert.Equal((0, 1), Of(await board.GetAsync(WebHost.Campaign)));
    }

    [Fact]
    public async Task Get_ARankingThroughAnotherProcess_IsSeenAfterAWhile()
    {
        await using var host = await WebHost.StartAsync(time: time);
        var comparison = (await host.PublishAsync(count: 2))[0];
        var board = host.Get<ProgressBoard>();
        Assert.Equal((0, 2), Of(await board.GetAsync(WebHost.Campaign)));
        // As it stands in storage then; this process hears nothing of it.
        await host.Get<RankingStore>().TryInsertAsync(new(
            comparison.Id, comparison.Batch, AnnotatorId.From("elsewhere"), AnnotatorKind.Person, RankingOutcome.Ranked, [["a"], ["b"]], ["a", "b"], time.GetUtcNow()));

        time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal((0, 2), Of(await board.GetAsync(WebHost.Campaign)));
        Assert.Equal((1, 2), Of(await board.CountAsync(WebHost.Campaign)));
        time.Advance(TimeSpan.FromSeconds(20));
        await Eventually.GetAsync(async () => (await board.GetAsync(WebHost.Campaign)).Complete == 1 ? "seen" : null);
    }

    private static (int Complete, int All) Of(BatchCounts counts) => (counts.Complete, counts.Comparisons);
}
