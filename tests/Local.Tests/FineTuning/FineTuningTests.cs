using System.Text;
using System.Text.Json.Nodes;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.FineTuning;
using Rlhf.Training.Reporting;

namespace Rlhf.Local.Tests.FineTuning;

/// <summary>The road without a GPU, through the real TrainPolicy: pairs go up, the job is followed, the tuned deployment is judged and answers the next round.</summary>
public sealed class FineTuningTests : ProviderTests
{
    [Fact]
    public async Task PairsToVerdict_TheProviderTunesAndTheTunedDeploymentIsJudged()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        await host.LabelAsync(TuningHost.SettingsFor(Server) with { TrainWhenLabeled = true }, prompts: 100);

        var run = await host.Pipeline.RunAsync(r => r.HasEnded, "the run ended");
        Assert.Equal((RunState.Succeeded, null), (run.State, run.Error));
        Assert.Equal("azureOpenAI:rlhf-support-run1", run.Results!.Model);
        var verdict = Assert.Single(run.Verdicts);
        Assert.Equal((JudgeKind.Rule, run.Snapshot!.TestPrompts), (verdict.Judge, verdict.Prompts));
        Assert.True(verdict.WinRate > 0.6, $"{verdict}");
        Assert.Equal((null, null, null, null), (run.LabelAccuracy, run.RuleAccuracy, run.Results.KlMean, run.Results.RewardModel));

        var deployed = host.Server.Deployments["rlhf-support-run1"]!;
        Assert.Equal("""{"sku":{"name":"Standard","capacity":10},"properties":{"model":{"format":"OpenAI","name":"gpt-4.1-mini-2025-04-14.ft-1-support-run1","version":"1"}}}""", deployed.ToJsonString());
        var points = await host.Pipeline.Get<RunService>().GetMetricsAsync(run.Id);
        Assert.Equal([(TrainingStage.Dpo, 1, 0.69), (TrainingStage.Dpo, 2, 0.52)], points.Select(p => (p.Stage, p.Step, p.Values["loss"])));
        Assert.Equal(0.6, points[1].Values["lossValidation"]);
        var status = (await host.Pipeline.Get<RunService>().GetStatusAsync(run.Id))!;
        Assert.Equal((RunState.Succeeded, 1, "tuned: 4,321 tokens charged"), (status.State, status.Progress, status.Headline));
    }

    [Fact]
    public async Task Upload_TrainAndValidationPairs_InTheProvidersFormatAndTestPairsNowhere()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = await host.EndAsync((await host.LabelAndTrainAsync()).Id);

        var pairs = await JsonLines.ReadAsync<PreferencePair>(host.Pipeline.Blobs, RunPaths.Pairs(run.Id)).ToListAsync();
        foreach (var split in new[] { Split.Train, Split.Validation })
        {
            var expected = pairs.Where(p => p.Split == split).ToList();
            var file = Assert.Single(Server.Files, f => f.Key.StartsWith($"{run.Id}-{split.ToString().ToLowerInvariant()}-", StringComparison.Ordinal));
            Assert.Equal([0xEF, 0xBB, 0xBF], file.Value[..3]);
            var lines = Encoding.UTF8.GetString(file.Value[3..]).TrimEnd('\n').Split('\n');
            Assert.Equal(expected.Select(Line), lines);
        }
        Assert.Equal(2, Server.Files.Count);
        var test = pairs.Where(p => p.Split == Split.Test).ToList();
        Assert.NotEmpty(test);
        Assert.All(test, pair => Assert.DoesNotContain(Server.Files.Values, f => Encoding.UTF8.GetString(f).Contains($"\"{pair.Messages[0].Content}\"", StringComparison.Ordinal)));

        var request = Assert.Single(Server.Jobs).Request;
        Assert.Equal("""{"type":"dpo","dpo":{"hyperparameters":{"beta":0.1,"n_epochs":2}}}""", request["method"]!.ToJsonString());
        Assert.Equal((AzureOpenAIServer.BaseModel, "file-1", "file-2", "support-run1"),
            ((string?)request["model"], (string?)request["training_file"], (string?)request["validation_file"], (string?)request["suffix"]));
    }

    [Fact]
    public async Task Figures_WhatItCostsAndWhyThereIsNoRewardAccuracy_AreShown()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        Server.MayEnd = false;
        var run = await host.LabelAndTrainAsync();
        var record = await Eventually.GetAsync(() => FineTuningRecord.FindAsync(host.Pipeline.Blobs, run.Id), "planned");
        // Two epochs of a few dozen tokens a text: the estimate is there before anything is trained.
        Assert.Equal(2 * record.Train.Tokens, record.EstimatedTokens);
        Assert.InRange(record.Train.Tokens, 60 * record.Train.Pairs, 120 * record.Train.Pairs);
        await host.StatusAsync(run.Id, s => s.Headline!.Contains(FormattableString.Invariant($"about {record.EstimatedTokens:N0} tokens"), StringComparison.Ordinal), "the estimate is said");

        Server.MayEnd = true;
        await host.EndAsync(run.Id);
        var report = await Eventually.GetAsync(() => host.Pipeline.Blobs.ReadTextAsync(RunReporter.PathOf(run.Id)), "the report");
        Assert.Contains(FormattableString.Invariant($"4,321 charged, {record.EstimatedTokens:N0} estimated before"), report, StringComparison.Ordinal);
        Assert.Contains("there is no reward model", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NextRound_HalfOfItsAnswersAreTheTunedDeployments()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        await host.EndAsync((await host.LabelAndTrainAsync()).Id);

        await host.Pipeline.DropAsync(60, first: 1_000, "more.jsonl");
        await host.Pipeline.JudgeUntilAsync(await host.Pipeline.InviteAsync("sim-2"), PipelineHost.ByRule,
            async () => await host.Pipeline.Get<CampaignStore>().GetAsync(PipelineHost.Campaign) is { State: CampaignState.Completed, Round: 2 });
        var batches = await host.Pipeline.Get<BatchStore>().ListAsync(PipelineHost.Campaign);
        Assert.Equal([1, 2], batches.Select(b => b.Round).Distinct());
        var writers = new Dictionary<int, List<string>> { [1] = [], [2] = [] };
        foreach (var batch in batches)
            foreach (var comparison in await host.Pipeline.Get<ComparisonStore>().ReadBatchAsync(PipelineHost.Campaign, batch.Id)) writers[batch.Round].AddRange(comparison.Answers.Select(a => a.Generator));
        Assert.Equal(["team"], writers[1].Distinct());
        Assert.Equal(["team", "tuned-r1"], writers[2].Distinct().Order());
        Assert.InRange(writers[2].Count(w => w == "tuned-r1") / (double)writers[2].Count, 0.3, 0.7);

        var second = await host.EndAsync((await host.TrainAsync()).Id);
        Assert.Equal((RunState.Succeeded, 2), (second.State, second.Round));
        var rounds = await JsonLines.ReadAsync<PreferencePair>(host.Pipeline.Blobs, RunPaths.Pairs(second.Id)).Select(p => p.Round).Distinct().ToListAsync();
        Assert.Equal([1, 2], rounds);
    }

    [Fact]
    public async Task ModelNotNamed_TheDeploymentIsAskedWhichItHolds()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server);
        var run = await host.EndAsync((await host.LabelAndTrainAsync(TuningHost.SettingsFor(Server) with { FineTuning = null })).Id);
        Assert.Equal((RunState.Succeeded, AzureOpenAIServer.BaseModel), (run.State, (string?)Server.Jobs[0].Request["model"]));
    }

    [Fact]
    public async Task NoAccount_SaysHowToDeployAndGoesOnOnceSomebodyHas()
    {
        await using var host = await TuningHost.StartAsync(Folder, Server, TuningHost.Options with { Account = null });
        var run = await host.LabelAndTrainAsync();
        var status = await host.StatusAsync(run.Id, s => s.Headline!.Contains("under the name 'rlhf-support-run1'", StringComparison.Ordinal), "it says what to deploy");
        Assert.Contains("--model-name gpt-4.1-mini-2025-04-14.ft-1-support-run1", status.Headline, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Calls, c => c.Path.StartsWith("/subscriptions/", StringComparison.Ordinal));

        Server.Deploy("rlhf-support-run1", Server.Jobs[0].TunedModel);
        var ended = await host.EndAsync(run.Id);
        Assert.Equal((RunState.Succeeded, "azureOpenAI:rlhf-support-run1"), (ended.State, ended.Results?.Model));
    }

    [Fact]
    public async Task KeysAndTokens_StandInNoLogAndInNoStorage()
    {
        await using (var host = await TuningHost.StartAsync(Folder, Server))
        {
            Server.Meet = async (call, context, _) =>
            {
                // So that something goes wrong, and is logged.
                if (!call.IsDeployment || Server.Calls.Count(c => c.IsDeployment) > 1) return false;
                await AzureOpenAIServer.RefuseAsync(context, 403, "AuthorizationFailed", "The client does not have authorization to perform action 'deployments/write'.");
                return true;
            };
            Assert.Equal(RunState.Succeeded, (await host.EndAsync((await host.LabelAndTrainAsync()).Id)).State);
            Assert.DoesNotContain(AzureOpenAIServer.Key, host.Log, StringComparison.Ordinal);
            Assert.DoesNotContain(AzureOpenAIServer.Token, host.Log, StringComparison.Ordinal);
        }
        foreach (var file in Directory.EnumerateFiles(Folder.Path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            Assert.False(text.Contains(AzureOpenAIServer.Key, StringComparison.Ordinal) || text.Contains(AzureOpenAIServer.Token, StringComparison.Ordinal), file);
        }
    }

    private static string Line(PreferencePair pair) => new JsonObject
    {
        ["input"] = new JsonObject { ["messages"] = new JsonArray([.. pair.Messages.Select(m => MessageOf(m.Role.ToString().ToLowerInvariant(), m.Content))]) },
        ["preferred_output"] = new JsonArray(MessageOf("assistant", pair.Chosen)),
        ["non_preferred_output"] = new JsonArray(MessageOf("assistant", pair.Rejected)),
    }.ToJsonString(Json.RlhfJson.Options);

    private static JsonObject MessageOf(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
