using Microsoft.Extensions.Logging.Abstractions;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Json;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Local.Simulation;
using Rlhf.Preferences;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Web.Contracts;

namespace Rlhf.Functions.Tests.Host;

/// <summary>The whole loop on a Functions host: a blob drop becomes answers, rankings over HTTP, pairs in Blob, a training run and its judging.</summary>
public sealed class EndToEndTests
{
    private const int Prompts = 60;
    private const int Annotators = 2;
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private readonly CampaignId campaign = CampaignId.From($"e2e-{Guid.NewGuid().ToString("n")[..8]}");

    [HostFact]
    public async Task Loop_BlobDropToJudgedRun()
    {
        using var owner = RunningHost.Owner();
        var created = await owner.PostAsync<CampaignView>("api/campaigns", Request());
        var again = await owner.PostAsync<CampaignView>("api/campaigns", Request());
        Assert.Equal((created.Id, created.CreatedAt), (again.Id, again.CreatedAt));

        await DropAsync();
        var read = await UntilAsync(owner, p => p.Prompts.All == Prompts, "the dropped file is read");
        Assert.Equal(Prompts, read.Prompts.All);
        await UntilAsync(owner, p => p.Comparisons > 0, "the first answers are written");

        var ranked = await RankAsync(owner);
        Assert.Equal(ranked.Comparisons, ranked.Rankings.Values.Sum());
        var run = await EndOfRunAsync(owner);
        Assert.True(run.Run.State == RunState.Succeeded, $"{run.Run.State}: {run.Run.Error}");
        Assert.True(run.HasReport);
        var verdict = Assert.Single(run.Run.Verdicts, v => v.Contender == Contenders.Tuned);
        Assert.Equal((JudgeKind.Rule, ranked.Prompts.Test), (verdict.Judge, verdict.Prompts));
        Assert.NotEmpty(run.Examples);
        await HoldsPairsAsync((await ReadAsync(owner)).Progress.Pairs);
    }

    private CampaignRequest Request() => new(
        "End to end", campaign, Judge: JudgeKind.Rule, TrainOn: [AnnotatorKind.Simulated], TrainWhenLabeled: true, MinimumPairs: 20, BatchSize: 20,
        // A few steps: what is tested is the road, not the model.
        Training: new() { Reward = new() { Epochs = 1 }, Ppo = new() { Steps = 2, RolloutsPerStep = 16, MinibatchSize = 8, MaximumAnswerTokens = 32 } })
    {
        Sharing = SharingSettings.None,
        Checks = CheckSettings.None,
    };

    private async Task DropAsync()
    {
        var lines = File.ReadLines(Repository.File("samples", "support-prompts.jsonl")).Take(Prompts);
        await BlobStores.Open(RunningHost.Storage).WriteTextAsync($"inbox/{campaign}/drop.jsonl", string.Join('\n', lines));
    }

    private async Task<CampaignProgress> RankAsync(HttpClient owner)
    {
        using var http = new HttpClient { BaseAddress = RunningHost.App, Timeout = TimeSpan.FromMinutes(2) };
        using var stop = new CancellationTokenSource();
        var annotators = new List<Task>();
        for (var i = 0; i < Annotators; i++)
        {
            var invite = await owner.PostAsync<InviteResponse>($"api/campaigns/{campaign}/invites", new InviteRequest($"simulated {i}", AnnotatorKind.Simulated));
            var annotator = new SimulatedAnnotator(
                new AnnotatorClient(http, campaign, invite.Token), invite.Annotator, Habit.Of(i), seed: 1, TimeProvider.System, NullLogger<SimulatedAnnotator>.Instance);
            annotators.Add(annotator.RunAsync(stop.Token));
        }
        try
        {
            return await UntilAsync(owner, p => p.PromptsGenerated == Prompts && p.Complete + p.Closed.Values.Sum() == p.Comparisons, "all comparisons are ranked");
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(annotators.Select(a => Assert.ThrowsAnyAsync<OperationCanceledException>(() => a)));
        }
    }

    private async Task HoldsPairsAsync(int expected)
    {
        var blobs = BlobStores.Open(RunningHost.Storage);
        var pairs = new List<PreferencePair>();
        await foreach (var file in blobs.ListAsync($"campaigns/{campaign}/pairs/1/"))
            await foreach (var pair in JsonLines.ReadAsync<PreferencePair>(blobs, file.Path)) pairs.Add(pair);
        Assert.NotEmpty(pairs);
        Assert.Equal(expected, pairs.Count);
        Assert.All(pairs, pair => Assert.NotEqual(pair.Chosen, pair.Rejected));
    }

    private async Task<RunResponse> EndOfRunAsync(HttpClient owner)
    {
        var runs = await UntilAsync(() => owner.GetAsync<RunListResponse>($"api/campaigns/{campaign}/runs"), r => r.Runs.Count > 0, "the run starts");
        var id = Assert.Single(runs.Runs).Id;
        return await UntilAsync(() => owner.GetAsync<RunResponse>($"api/runs/{id}"), r => r.Run.HasEnded && (r.HasReport || r.Run.State != RunState.Succeeded), "the run ends and is reported");
    }

    private async Task<CampaignProgress> UntilAsync(HttpClient owner, Func<CampaignProgress, bool> condition, string what) =>
        (await UntilAsync(() => ReadAsync(owner), r => condition(r.Progress), what)).Progress;

    private Task<CampaignResponse> ReadAsync(HttpClient owner) => owner.GetAsync<CampaignResponse>($"api/campaigns/{campaign}");

    private static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var last = await read();
            if (condition(last)) return last;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < patience, $"Not within {patience}: {what}. Last: {System.Text.Json.JsonSerializer.Serialize(last, RlhfJson.Options)}");
            await Task.Delay(pause);
        }
    }
}
