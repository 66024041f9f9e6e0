using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.Preferences;

/// <summary>Where each pair hangs on all rankings, an export brings the pair files in line once, not each time.</summary>
public sealed class DawidSkeneExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CampaignId Campaign => PipelineHost.Campaign;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Export_NothingChanged_WritesNoPairFile_AndAVoteOrTheRuleDoes()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Campaign.Value) with { Voting = PairVoting.DawidSkene, UseMargin = false, Training = new() { Reward = new() { SoftLabels = true } } });
        foreach (var number in (int[])[1, 2]) await PublishAsync(host, number);
        var first = await ExportAsync(host);
        Assert.Equal(first, await ExportAsync(host));
        var revisions = await RevisionsAsync(host);

        // A vote in the first batch makes another of what its annotator says in the second.
        var late = await host.Get<RankingStore>().ReadBatchAsync(BatchId.For(Campaign, 1, 1));
        await host.Get<RankingStore>().TryInsertAsync(late[0] with { Annotator = new("dan"), Tiers = [.. late[0].Tiers.Reverse()] });
        Assert.NotEqual(first, await ExportAsync(host));
        Assert.All((await RevisionsAsync(host)).Zip(revisions), r => Assert.True(r.First > r.Second));

        revisions = await RevisionsAsync(host);
        await host.Get<CampaignStore>().UpdateAsync(Campaign, c => c with { Settings = c.Settings with { UseMargin = true } });
        await ExportAsync(host);
        Assert.All((await RevisionsAsync(host)).Zip(revisions), r => Assert.True(r.First > r.Second));
    }

    private static async Task<string> ExportAsync(PipelineHost host) => System.Text.Encoding.UTF8.GetString(await SampleLabels.ExportAsync(host, Campaign, "trl"));

    private static async Task<List<int>> RevisionsAsync(PipelineHost host) => [.. (await host.Get<BatchStore>().ListAsync(Campaign)).Select(b => b.Pairs!.Revision)];

    private static async Task PublishAsync(PipelineHost host, int batch)
    {
        var labels = Enumerable.Range(1, 5).Select(i =>
        {
            var comparison = SampleLabels.Comparison((batch * 10) + i, [new(MessageRole.User, $"Question {batch}-{i}?")], Split.Train, "better", "worse");
            IReadOnlyList<Ranking> rankings = [Rank(comparison, "ann", ["a"], ["b"]), Rank(comparison, "bob", ["a"], ["b"]), Rank(comparison, "cleo", i == 1 ? [["b"], ["a"]] : [["a"], ["b"]])];
            return (comparison, rankings);
        });
        await SampleLabels.PublishAsync(host, Campaign, batch, [.. labels]);
    }

    private static Ranking Rank(Comparison comparison, string annotator, params IReadOnlyList<IReadOnlyList<string>> tiers) => SampleLabels.Ranked(comparison, annotator, AnnotatorKind.Person, 1, tiers);
}
