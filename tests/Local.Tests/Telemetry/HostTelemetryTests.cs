using System.Diagnostics;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Local.Checks;
using Rlhf.Local.Hosting;
using Rlhf.Local.Storage;
using Rlhf.Telemetry;
using Rlhf.Training;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Telemetry;

/// <summary>What the local host says of a campaign that begins, outlives a restart and is ranked: one trace, and the right figures.</summary>
public sealed class HostTelemetryTests : IDisposable
{
    private const int Prompts = 6;

    private readonly TemporaryFolder folder = new();
    private readonly Recorder recorder = new();
    private readonly CampaignId campaign = CampaignId.From($"traced-{Guid.NewGuid():n}"[..20]);

    private string Generator => $"base-of-{campaign}";

    public void Dispose()
    {
        recorder.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Campaign_AcrossARestart_IsOneTraceWithItsFigures()
    {
        await using (var host = await StartAsync())
        {
            using var owner = OwnerOf(host);
            await owner.CreateAsync(Request());
            await owner.AddPromptsAsync(campaign, Enumerable.Range(0, Prompts).Select(i => $"Hi, my parcel with order {70_000 + i} has not arrived yet. Can you help me?"));
            await owner.UntilAsync(campaign, p => p.Comparisons == Prompts, "comparisons published");
        }
        await using (var host = await StartAsync())
        {
            using var owner = OwnerOf(host);
            var invite = await owner.InviteAsync(campaign, new InviteRequest());
            await owner.RankAsync(campaign, invite.Token, Prompts);
            await Eventually.TrueAsync(() => Mine("orchestration_end:LabelBatch").Count > 0);
        }

        AssertOneTrace();
        AssertRankingsLeadToWhatFollows();
        AssertNothingOfWhoRanks();
        AssertFigures();
    }

    [Fact]
    public async Task Run_ThatChangesState_HasOneStateAtATime()
    {
        using var tables = new SqliteTableStore(Path.Combine(folder.Path, "tables.db"));
        var runs = new RunStore(tables);
        var now = DateTimeOffset.UtcNow;
        var run = new Run(RunStore.IdFor(campaign, 1), campaign, 1, "owner", RunState.Queued, now, now);

        Assert.True(await runs.CreateAsync(run));
        Assert.Equal(["queued"], StatesOf(run.Id));
        await runs.UpdateAsync(run.Id, r => RunTransitions.Apply(r, RunOperation.Start));
        Assert.Equal(["running"], StatesOf(run.Id));
        await runs.UpdateAsync(run.Id, r => RunTransitions.Apply(r, RunOperation.Cancel));
        Assert.Equal(["cancelled"], StatesOf(run.Id));
    }

    private void AssertOneTrace()
    {
        var run = Assert.Single(Mine("orchestration:RunCampaign"));
        var createRun = ParentOf(run, "create_orchestration:RunCampaign");
        var post = ParentOf(createRun);
        Assert.Equal(ActivityKind.Server, post.Kind);
        Assert.Equal("POST", post.GetTagItem("http.request.method"));
        Assert.StartsWith("/api/campaigns", post.GetTagItem(Tags.Path) as string, StringComparison.Ordinal);

        var batch = Assert.Single(Mine("orchestration:LabelBatch"));
        Assert.Equal(run.SpanId, ParentOf(ParentOf(ParentOf(batch, "create_orchestration:LabelBatch"), "activity:StartBatches"), "orchestration:RunCampaign").SpanId);

        var generate = Assert.Single(Mine("activity:BeginBatch"));
        Assert.Equal(batch.SpanId, generate.ParentSpanId);
        var chats = recorder.Named($"chat {Generator}");
        Assert.NotEmpty(chats);
        Assert.All(chats, chat => Assert.Equal(generate.SpanId, chat.ParentSpanId));
        Assert.Equal("onnxruntime", chats[0].GetTagItem(Tags.Provider));

        // Published before the restart, ended after it.
        Assert.All(Mine("activity:LookAtBatch"), look => Assert.Equal(batch.SpanId, look.ParentSpanId));
        Assert.Equal(batch.SpanId, Assert.Single(Mine("orchestration_end:LabelBatch")).ParentSpanId);
        Assert.All([createRun, batch, generate, .. chats], s => Assert.Equal(run.TraceId, s.TraceId));
        Assert.Equal(campaign.Value, generate.GetTagItem(Tags.Campaign));
        Assert.Equal(BatchId.For(campaign, 1, 1).Value, generate.GetTagItem(Tags.Batch));
    }

    private void AssertRankingsLeadToWhatFollows()
    {
        var woken = Mine("activity:LookAtBatch").SelectMany(a => a.Links).Select(l => l.Context.TraceId).ToHashSet();
        var rankings = recorder.Spans.Where(s => s.Kind == ActivityKind.Server && s.GetTagItem(Tags.Route) is "/api/campaigns/{campaign}/tasks/{comparison}/ranking"
            && s.GetTagItem(Tags.Campaign) as string == campaign.Value).ToList();
        Assert.Equal(Prompts, rankings.Count);
        Assert.All(rankings, r => Assert.NotNull(r.GetTagItem(Tags.Comparison)));
        Assert.Contains(rankings, r => woken.Contains(r.TraceId));
    }

    /// <summary>No browser, no address, no query: neither of annotators nor of anybody.</summary>
    private void AssertNothingOfWhoRanks()
    {
        string[] personal = ["user_agent.original", "client.address", "network.peer.address", "url.query"];
        var found = recorder.Spans.Where(s => s.Kind == ActivityKind.Server).SelectMany(s => s.TagObjects).Where(t => personal.Contains(t.Key) && t.Value is not null);
        Assert.Empty(found);
    }

    private void AssertFigures()
    {
        var accepted = Assert.Single(recorder.Points(PipelineMetricNames.RankingsAccepted, campaign.Value));
        Assert.Equal(Prompts, accepted.GetSumLong());
        Assert.Equal("person", Recorder.TagsOf(accepted)[Tags.AnnotatorKind]);
        Assert.Equal("ranked", Recorder.TagsOf(accepted)[Tags.Outcome]);

        var duration = Assert.Single(recorder.Points(PipelineMetricNames.RankingDuration, campaign.Value));
        Assert.Equal(Prompts, duration.GetHistogramCount());
        Assert.Equal(Prompts * OwnerClient.ActiveSeconds, duration.GetHistogramSum());

        var open = Assert.Single(recorder.Points(PipelineMetricNames.ComparisonsOpen, campaign.Value));
        Assert.Equal(0, open.GetGaugeLastValueLong());

        var tokens = recorder.Points(PipelineMetricNames.Tokens, Generator);
        Assert.Equal(["input", "output"], tokens.Select(t => Recorder.TagsOf(t)[Tags.TokenType]).Order());
        Assert.All(tokens, t => Assert.True(t.GetHistogramCount() >= Prompts * 2));
        Assert.NotEmpty(recorder.Points(PipelineMetricNames.Duration, Generator));
    }

    private string[] StatesOf(RunId run) => [.. recorder.Points(PipelineMetricNames.JobState, run.Value)
        .Where(p => p.GetGaugeLastValueLong() == 1).Select(p => Recorder.TagsOf(p)[Tags.JobState])];

    private List<Activity> Mine(string name) => [.. recorder.Named(name).Where(s => s.GetTagItem(Tags.Campaign) as string == campaign.Value)];

    private Activity ParentOf(Activity span, string? name = null)
    {
        var parent = Assert.Single(recorder.Spans, s => s.SpanId == span.ParentSpanId);
        if (name is not null) Assert.Equal(name, parent.DisplayName);
        return parent;
    }

    private Task<LocalHost> StartAsync() => LocalHost.StartAsync(DataFolder.Open(folder.Path), new HostSettings(folder.Path, Port: 0), _ => { }, CancellationToken.None);

    private static OwnerClient OwnerOf(LocalHost host) => new(host.Address, OwnerToken.Load(host.Data));

    private CampaignRequest Request() => new("Traced", campaign, BatchSize: Prompts, Generators: [new(Generator, GeneratorKind.Onnx, "file:" + ShippedModel.Find())]);
}
