using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Orchestrations;

public sealed class EndBatchTests
{
    private readonly HookedTables tables = new();

    [Fact]
    public async Task Run_AmendedBeforeItsRowIsWritten_PairsSayWhatTheRankingSays()
    {
        await using var host = await WebHost.StartAsync(tables.Decorate);
        var (comparison, annotator) = await RankOneAsync(host);
        var isAmended = false;
        tables.Before = async (table, operations) =>
        {
            if (isAmended || table != "batches" || !operations[0].Body!.Contains("\"state\":\"done\"", StringComparison.Ordinal)) return;
            isAmended = true;
            await annotator.RankAsync(comparison.Id, new(RankingOutcome.Ranked, [["2"], ["1"]], Amends: 1));
        };

        await EndAsync(host, comparison);

        Assert.True(isAmended);
        await AssertPairAsync(host, comparison, annotator);
    }

    [Fact]
    public async Task Run_DiedBeforeItsRowWasWritten_IsDoneByTheNext()
    {
        await using var host = await WebHost.StartAsync(tables.Decorate);
        var (comparison, annotator) = await RankOneAsync(host);
        var hasDied = false;
        tables.Before = (table, operations) =>
        {
            if (hasDied || table != "batches" || !operations[0].Body!.Contains("\"state\":\"done\"", StringComparison.Ordinal)) return Task.CompletedTask;
            hasDied = true;
            throw new IOException("The host died here.");
        };
        await Assert.ThrowsAsync<IOException>(() => EndAsync(host, comparison));
        // Its pair file is there; what it holds is no longer so.
        await annotator.RankAsync(comparison.Id, new(RankingOutcome.Ranked, [["2"], ["1"]], Amends: 1));

        await EndAsync(host, comparison);
        await EndAsync(host, comparison);

        await AssertPairAsync(host, comparison, annotator);
    }

    private static async Task<(Comparison Comparison, WebHost.Annotator Annotator)> RankOneAsync(WebHost host)
    {
        var comparison = (await host.PublishAsync(count: 1))[0];
        var annotator = await host.InviteAsync();
        await annotator.RankAsync((await annotator.NextAsync()).Task!);
        return (comparison, annotator);
    }

    private static Task<EndBatchResult> EndAsync(WebHost host, Comparison comparison) =>
        host.Create<EndBatch>().RunAsync(new(WebHost.Campaign, comparison.Batch, BatchEnd.Complete), CancellationToken.None);

    /// <summary>The one pair prefers what the annotator's ranking prefers, in the file as on the row.</summary>
    private static async Task AssertPairAsync(WebHost host, Comparison comparison, WebHost.Annotator annotator)
    {
        var batch = await host.Get<BatchStore>().GetAsync(WebHost.Campaign, comparison.Batch);
        var ranking = (await host.Get<RankingStore>().FindAsync(comparison.Batch, comparison.Id, annotator.Invite.Annotator))!.Ranking;
        Assert.Equal((BatchState.Done, 1), (batch.State, batch.Pairs!.Pairs));
        var text = await host.Get<IBlobStore>().ReadTextAsync(PairStore.PathOf(batch));
        Assert.Equal(batch.Pairs.Hash, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text!))));
        var pair = Assert.Single(await JsonLines.ReadAsync<PreferencePair>(host.Get<IBlobStore>(), PairStore.PathOf(batch)).ToListAsync());
        Assert.Equal(2, ranking.Revision);
        Assert.Equal(comparison.Answers.First(a => a.Id == ranking.Tiers[0][0]).Text, pair.Chosen);
    }
}
