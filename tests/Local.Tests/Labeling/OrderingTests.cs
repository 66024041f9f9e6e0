using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Labeling;
using Rlhf.Labeling.Ordering;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>Which comparisons are asked first and how many are asked, in the whole pipeline, with the features of the model that ships.</summary>
public sealed class OrderingTests : IDisposable
{
    private static readonly string Shipped = ModelCache.FilePrefix + Path.Combine(SolutionFolder.Find()!, "models", "support-small");

    private static readonly OrderingSettings ByDisagreement = new(Model: Shipped);

    private readonly TemporaryFolder folder = new();

    private static CampaignId Campaign => PipelineHost.Campaign;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Order_EnoughIsRanked_TheMostDisputedComesFirstAndTheRestStaysAtRandom()
    {
        await using var host = await StartAsync(PipelineHost.Settings with { Ordering = ByDisagreement, BatchSize = 40 });
        await RankAsync(host, 110);
        var stand = await OrderedAsync(host, 110);

        Assert.Null(stand.Problem);
        Assert.InRange(stand.Judged, ComparisonOrdering.FewestJudged, 110);
        Assert.InRange(stand.HeadAccuracy!.Value, 0.5, 1);
        var (rows, published) = await ReadAsync(host);
        // Asked or not, what is for figures stands where it was drawn.
        Assert.All(rows.Where(r => published[r.Row.Comparison].Prompt.Split != Split.Train), r => Assert.Equal(ComparisonPlaces.RandomOf(r.Row.Comparison), r.Priority));
        var ordered = rows.Where(r => !ComparisonPlaces.StaysRandom(published[r.Row.Comparison], ByDisagreement.RandomShare)).ToList();
        Assert.Equal(stand.Ordered, ordered.Count);
        Assert.Contains(ordered, r => ComparisonPlaces.RandomOf(r.Row.Comparison) != r.Priority);
        var disputed = await DisagreementsAsync(host, published.Values);
        var sorted = ordered.OrderBy(r => r.Priority).Select(r => disputed[r.Row.Comparison]).ToList();
        Assert.InRange(sorted.TakeLast(sorted.Count / 3).Max(), 0, sorted.Take(sorted.Count / 3).Min() + 1e-6);
        Assert.NotNull((await host.Get<CampaignStore>().GetAsync(Campaign)).OrderedAt);
    }

    [Fact]
    public async Task Order_ShowsInWhatIsServed()
    {
        List<StoredOpenRow> rows;
        await using (var host = await StartAsync(PipelineHost.Settings with { Ordering = ByDisagreement, BatchSize = 40 }))
        {
            await RankAsync(host, 100);
            await OrderedAsync(host, 100);
            rows = (await ReadAsync(host)).Rows;
        }
        // A process that has served before the order changed may know old places for some seconds; this one has not. 20 are fewer than a new pass would be worth.
        await using var other = await HostAsync();
        var served = (await RankAsync(other, 20, "bob")).ToHashSet();
        foreach (var shard in rows.GroupBy(r => OpenKeys.ShardOf(r.Row.Comparison.Value)))
        {
            var asked = shard.Where(r => served.Contains(r.Row.Comparison)).ToList();
            Assert.Equal(5, asked.Count);
            Assert.Equal(shard.Select(r => r.Priority).Order().Take(5), asked.Select(r => r.Priority).Order());
        }
    }

    [Fact]
    public async Task Order_NothingRankedYet_AllStandsAtRandom()
    {
        await using var host = await StartAsync(PipelineHost.Settings with { Ordering = ByDisagreement });
        var stand = await StandAsync(host, s => s.OrderedAt is not null);
        var (rows, _) = await ReadAsync(host);
        Assert.Equal((0, 0, null), (stand.Judged, stand.Ordered, stand.HeadAccuracy));
        Assert.Equal(200, rows.Count);
        Assert.All(rows, r => Assert.Equal(ComparisonPlaces.RandomOf(r.Row.Comparison), r.Priority));
    }

    [Fact]
    public async Task Order_ModelMissing_SaysSoAndNobodyIsKeptFromRanking()
    {
        await using var host = await StartAsync(PipelineHost.Settings with { Ordering = ByDisagreement with { Model = "file:/no/such/model" } });
        await RankAsync(host, 60);
        var stand = await StandAsync(host, s => s.Problem is not null);
        Assert.Contains("/no/such/model", stand.Problem!, StringComparison.Ordinal);
        await RankAsync(host, 5);
        Assert.Equal(CampaignState.Active, (await host.Get<CampaignStore>().GetAsync(Campaign)).State);
    }

    /// <summary>Features and rankings are in storage: what another process read with the model need not be read again.</summary>
    [Fact]
    public async Task Order_ProcessIsResumedWithoutItsModel_GoesOnFromWhatWasRead()
    {
        var model = Path.Combine(folder.Path, "model");
        Directory.CreateDirectory(model);
        foreach (var file in Directory.EnumerateFiles(Shipped[ModelCache.FilePrefix.Length..])) File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        await using (var first = await StartAsync(PipelineHost.Settings with { Ordering = ByDisagreement with { Model = ModelCache.FilePrefix + model }, BatchSize = 40 }))
        {
            await RankAsync(first, 110);
            await OrderedAsync(first, 110);
        }
        Directory.Delete(model, recursive: true);
        await using var second = await HostAsync();
        await RankAsync(second, 30);
        var stand = await OrderedAsync(second, 140);
        Assert.Null(stand.Problem);
        Assert.InRange(stand.Ordered, 10, 90);
    }

    [Fact]
    public async Task Change_WhileComparisonsAreOpen_GivesThemPlacesAndSwitchesTheBudgetOn()
    {
        await using var host = await StartAsync(PipelineHost.Settings with { TrainWhenLabeled = false });
        Assert.All((await ReadAsync(host)).Rows, r => Assert.Equal(Comparison.OrdinaryPriority, r.Priority));
        await host.Get<SettingsService>().ChangeAsync(Campaign, new JsonObject { ["ordering"] = new JsonObject { ["by"] = "random" }, ["rankingBudget"] = 10 }, null, "owner");
        await Eventually.GetAsync(async () => (await ReadAsync(host)).Rows is { Count: 200 } rows && rows.TrueForAll(r => r.Priority == ComparisonPlaces.RandomOf(r.Row.Comparison)) ? rows : null, "places");
        await RankAsync(host, 10);
        await host.StateAsync(CampaignState.Completed);
    }

    [Fact]
    public async Task Budget_Spent_ClosesTheLabelingAndTrains_AndCountsAnewAfterwards()
    {
        await using var host = await StartAsync(PipelineHost.Settings with { RankingBudget = 60, Ordering = new(OrderingRule.Random), MinimumPairs = 5 });
        await RankAsync(host, 60);
        var run = await host.RunAsync(r => r.State == RunState.Succeeded, "a run on what was ranked");
        await host.StateAsync(CampaignState.Completed);
        var progress = await host.Get<ProgressReader>().ReadAsync(Campaign);
        Assert.InRange(progress.Rankings[AnnotatorKind.Simulated], 60, 70);
        Assert.True(progress.Closed["closed"] >= 100);
        Assert.InRange(run.Snapshot!.TrainPairs, 20, 60);
        var snapshot = await host.Blobs.ReadJsonAsync<Snapshot>(RunPaths.Snapshot(run.Id));
        Assert.Equal((60, OrderingRule.Random), (snapshot!.RankingBudget, snapshot.Ordering!.By));

        await host.DropAsync(40, first: 1_000, name: "more.jsonl");
        await host.StateAsync(CampaignState.Active);
        await RankAsync(host, 5);
        Assert.Null((await host.Get<CampaignStore>().GetAsync(Campaign)).ClosedAt);
    }

    private async Task<PipelineHost> StartAsync(CampaignSettings settings)
    {
        var host = await HostAsync();
        await host.CreateAsync(settings with { OpenBatches = 20 });
        await host.DropAsync(200);
        await Eventually.GetAsync(async () => (await ReadAsync(host)).Rows.Count == 200 ? "" : null, "all published");
        return host;
    }

    private Task<PipelineHost> HostAsync() => PipelineHost.StartAsync(folder, replace: (services, host) =>
        services.AddSingleton(new ModelCache(host.Blobs, Path.Combine(host.Folder, "models"))).AddSingleton(new GeneratorPlaces()));

    /// <returns>What was served.</returns>
    private static async Task<IReadOnlyList<ComparisonId>> RankAsync(PipelineHost host, int count, string annotator = "ann")
    {
        var ann = await host.InviteAsync(annotator);
        var served = new List<ComparisonId>();
        while (served.Count < count) served.Add((await Eventually.GetAsync(() => host.JudgeNextAsync(ann, PipelineHost.ByRule), $"task {served.Count}")).Comparison);
        return served;
    }

    /// <summary>Ordered by all that is ranked: a few rankings alone would not be worth a pass.</summary>
    private static Task<OrderingStand> OrderedAsync(PipelineHost host, int rankings) => Eventually.GetAsync(async () =>
    {
        if (await host.Get<OrderingStands>().ReadAsync(Campaign) is { Ordered: > 0 } stand && stand.OrderedWith == rankings) return stand;
        await host.Blobs.DeleteAsync($"campaigns/{Campaign}/ordering.json");
        return null;
    }, "an order by all rankings");

    private static Task<OrderingStand> StandAsync(PipelineHost host, Predicate<OrderingStand> condition) =>
        Eventually.GetAsync(async () => await host.Get<OrderingStands>().ReadAsync(Campaign) is var stand && condition(stand) ? stand : null, "ordering");

    private static async Task<(List<StoredOpenRow> Rows, Dictionary<ComparisonId, Comparison> Published)> ReadAsync(PipelineHost host)
    {
        var (rows, ranked) = (new List<StoredOpenRow>(), new HashSet<ComparisonId>());
        foreach (var batch in await host.Get<ComparisonStore>().ListPublishedAsync(Campaign)) ranked.UnionWith((await host.Get<RankingStore>().ReadBatchAsync(batch.Batch)).Select(r => r.Comparison));
        // A row may stand there some time after its ranking.
        await foreach (var page in host.Get<OpenStore>().ReadPagesAsync(Campaign, CancellationToken.None)) rows.AddRange(page.Where(r => !ranked.Contains(r.Row.Comparison)));
        var published = new Dictionary<ComparisonId, Comparison>();
        foreach (var batch in await host.Get<ComparisonStore>().ListPublishedAsync(Campaign))
            foreach (var comparison in await host.Get<ComparisonStore>().ReadBatchAsync(Campaign, batch.Batch)) published[comparison.Id] = comparison;
        return (rows, published);
    }

    /// <summary>By heads fitted here on the same rankings.</summary>
    private static async Task<Dictionary<ComparisonId, double>> DisagreementsAsync(PipelineHost host, IEnumerable<Comparison> published)
    {
        var campaign = await host.Get<CampaignStore>().GetAsync(Campaign);
        var rule = Rlhf.Preferences.PairStore.OptionsFor(campaign);
        var (judged, features) = (new List<IReadOnlyList<HeadExample>>(), new Dictionary<ComparisonId, IReadOnlyList<float[]>>());
        foreach (var batch in (await host.Get<BatchStore>().ListAsync(Campaign)).OrderByDescending(b => b.PlannedAt))
        {
            var read = await host.Get<FeatureStore>().ReadAsync(Campaign, batch.Id, Shipped);
            foreach (var (comparison, answers) in read) features[comparison] = answers;
            judged.AddRange(JudgedAnswers.Of(await host.Get<ComparisonStore>().ReadBatchAsync(Campaign, batch.Id), await host.Get<RankingStore>().ReadBatchAsync(batch.Id), rule, read));
        }
        var heads = HeadEnsemble.Fit(judged, ByDisagreement.Members, campaign.Settings.Seed);
        return published.ToDictionary(c => c.Id, c => heads.Disagreement(features[c.Id]));
    }
}
