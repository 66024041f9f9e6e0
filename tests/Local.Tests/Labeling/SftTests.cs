using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Campaigns;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>What annotators write or prefer becomes examples for supervised fine-tuning.</summary>
public sealed class SftTests
{
    [Fact]
    public async Task Export_OwnAndPreferredAnswers_AsPromptAndCompletion()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3);
        await RankAsync(host);
        using var owner = host.Owner();
        var lines = (await owner.GetStringAsync("/api/campaigns/support/export?format=sft")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(2, lines.Count);
        var own = lines.Single(line => (string?)line["source"] == "own");
        Assert.Equal(("assistant", "As I would say it."), ((string?)own["completion"]![0]!["role"], (string?)own["completion"]![0]!["content"]));
        Assert.Equal("user", (string?)own["prompt"]![0]!["role"]);
        Assert.Single(lines, line => (string?)line["source"] == "preferred");
    }

    [Fact]
    public async Task Snapshot_WithTheStageSft_HoldsExamplesThatTheJobNames()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 3);
        await RankAsync(host);
        var lines = await SftExamplesAsync(host);
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.True(line["messages"] is JsonArray && line["answer"] is not null && (double)line["weight"]! == 1));
    }

    [Fact]
    public async Task Snapshot_WithGoldMadeOfAComparison_HoldsNoExampleOfIt()
    {
        await using var host = await WebHost.StartAsync();
        var published = await host.PublishAsync(count: 3);
        await RankAsync(host);
        var own = (await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch)).Single(r => r.BetterAnswer is not null);
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with { GoldFrom = [own.Comparison] });

        Assert.Equal("preferred", (string?)Assert.Single(await SftExamplesAsync(host))["source"]);
    }

    /// <summary>Those that the job of a run that begins now names.</summary>
    private static async Task<List<JsonNode>> SftExamplesAsync(WebHost host)
    {
        await host.Get<CampaignStore>().UpdateAsync(WebHost.Campaign, c => c with
        {
            Settings = c.Settings with { Policy = "file:models/none", MinimumPairs = 1, Stages = [TrainingStage.Sft, TrainingStage.Reward, TrainingStage.Ppo, TrainingStage.Export] },
        });
        var run = RunId.From("support-run1");
        await host.Get<SnapshotBuilder>().FreezeAsync(new(run, WebHost.Campaign, 1, "owner", RunState.Queued, DateTimeOffset.UtcNow.AddMinutes(1), DateTimeOffset.UtcNow.AddMinutes(1)));
        var blobs = host.Get<IBlobStore>();
        var job = await blobs.ReadJsonAsync<TrainingJob>(RunPaths.Job(run));
        return [.. (await blobs.ReadTextAsync(job!.SftExamples!))!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonNode>(line, RlhfJson.Options)!)];
    }

    private static async Task RankAsync(WebHost host)
    {
        var annotator = await host.InviteAsync();
        foreach (var ranking in new RankingRequest[] { new(RankingOutcome.BothBad, BetterAnswer: "As I would say it."), new(RankingOutcome.Ranked, [["1"], ["2"]]), new(RankingOutcome.Ranked, [["1", "2"]]) })
            await annotator.RankAsync((await annotator.NextAsync()).Task!.Comparison, ranking);
    }
}
