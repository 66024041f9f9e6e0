using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rlhf.Local.Tests.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.LabelStudio;

public sealed class StudioWebhookTests
{
    private static readonly DateTimeOffset Early = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Webhook_CreatedChangedDeletedAndDoubled_IsWhatTheAnnotationIs()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        await host.KeepAsync();
        var created = host.Server.Annotate(host.Tasks[0], user: 1, "left", at: Early);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await host.TellAsync(LabelStudioServer.Message("ANNOTATION_CREATED", created))).StatusCode);
            Assert.Equal((1, host.Shown(0, "answer1")), (Assert.Single(await host.RankingsAsync()).Revision, await host.PreferredAsync(0)));
        }
        var changed = host.Server.Change(created["id"]!.GetValue<long>(), "right", Early.AddMinutes(1));
        for (var i = 0; i < 2; i++)
        {
            await host.TellAsync(LabelStudioServer.Message("ANNOTATION_UPDATED", changed));
            Assert.Equal((2, host.Shown(0, "answer2")), (Assert.Single(await host.RankingsAsync()).Revision, await host.PreferredAsync(0)));
        }
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await host.TellAsync(LabelStudioServer.Message("ANNOTATIONS_DELETED", changed))).StatusCode);
            Assert.Empty(await host.RankingsAsync());
        }
    }

    [Fact]
    public async Task Webhook_OutOfOrder_TheNewestStandsAndADeletedOneStaysDeleted()
    {
        await using var host = await StudioHost.StartAsync(count: 2);
        await host.KeepAsync();
        var created = host.Server.Annotate(host.Tasks[0], user: 1, "left", at: Early);
        var changed = host.Server.Change(created["id"]!.GetValue<long>(), "right", Early.AddMinutes(1));
        await host.TellAsync(LabelStudioServer.Message("ANNOTATION_UPDATED", changed));
        await host.TellAsync(LabelStudioServer.Message("ANNOTATION_CREATED", created));
        Assert.Equal(host.Shown(0, "answer2"), await host.PreferredAsync(0));

        var gone = host.Server.Annotate(host.Tasks[1], user: 1, "left", at: Early);
        await host.TellAsync(LabelStudioServer.Message("ANNOTATIONS_DELETED", gone));
        await host.TellAsync(LabelStudioServer.Message("ANNOTATION_CREATED", gone));
        Assert.DoesNotContain(await host.RankingsAsync(), r => r.Comparison == host.Comparisons[1].Id);
    }

    [Fact]
    public async Task Webhooks_AllAtOnce_ComeToTheNewest()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        await host.KeepAsync();
        var created = host.Server.Annotate(host.Tasks[0], user: 1, "left", at: Early);
        var versions = Enumerable.Range(1, 8).Select(i => host.Server.Change(created["id"]!.GetValue<long>(), i % 2 == 0 ? "right" : "left", Early.AddMinutes(i))).Reverse().ToList();
        await Task.WhenAll(versions.Append(created).Select(v => host.TellAsync(LabelStudioServer.Message("ANNOTATION_UPDATED", v))));
        Assert.Equal(host.Shown(0, "answer2"), await host.PreferredAsync(0));
    }

    [Fact]
    public async Task Webhook_OfTheLastAnnotation_TellsTheBatchThatWaits()
    {
        await using var host = await StudioHost.StartAsync(count: 2);
        await host.KeepAsync();
        for (var i = 0; i < 2; i++) await host.TellAsync(LabelStudioServer.Message("ANNOTATION_CREATED", host.Server.Annotate(host.Tasks[i], user: 1, "left")));
        Assert.Contains(host.Web.Orchestrations.Raised, e => e.Instance == StudioHost.Batch.Value);
    }

    [Theory]
    [InlineData(null, "support")]
    [InlineData("another-secret-of-that-length", "support")]
    [InlineData(StudioHost.Secret, "another-campaign")]
    public async Task Webhook_WithoutTheSecretOrForNobody_IsRefusedInTheSameWords(string? secret, string campaign)
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        await host.KeepAsync();
        var message = LabelStudioServer.Message("ANNOTATION_CREATED", host.Server.Annotate(host.Tasks[0], user: 1, "left"));
        var problem = await RankingTests.AssertProblemAsync(await host.TellAsync(message, secret, campaign), HttpStatusCode.Unauthorized, "webhook-refused");
        Assert.Equal("This webhook is not known here.", problem.Detail);
        Assert.Empty(await host.RankingsAsync());
    }

    [Fact]
    public async Task Webhook_OfOthers_IsPassedOverAndABrokenOneNamed()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        await host.KeepAsync();
        var annotation = host.Server.Annotate(host.Tasks[0], user: 1, "left");
        var foreign = LabelStudioServer.Message("ANNOTATION_CREATED", annotation);
        foreign["project"]!["id"] = 8;
        var unknown = LabelStudioServer.Message("ANNOTATION_CREATED", annotation);
        unknown["annotation"]!["task"] = 999_999;
        foreach (var message in new[] { foreign, unknown, new JsonObject { ["action"] = "TASKS_CREATED" } })
            Assert.Equal(HttpStatusCode.Accepted, (await host.TellAsync(message)).StatusCode);
        var unreadable = LabelStudioServer.Message("ANNOTATION_CREATED", annotation);
        unreadable["annotation"]!["result"]![0]!["value"]!["selected"] = "middle";
        Assert.Equal(HttpStatusCode.Accepted, (await host.TellAsync(unreadable)).StatusCode);
        Assert.Empty(await host.RankingsAsync());
        await RankingTests.AssertProblemAsync(await host.TellAsync(new() { ["action"] = "ANNOTATION_CREATED" }), HttpStatusCode.BadRequest, "invalid-webhook");
        await RankingTests.AssertProblemAsync(await host.TellAsync([]), HttpStatusCode.BadRequest, "invalid-webhook");
    }

    [Fact]
    public async Task Files_OfTasksAndTheirExport_DoTheSameByHand()
    {
        await using var host = await StudioHost.StartAsync(count: 2);
        using var owner = host.Web.Owner();
        var tasks = JsonNode.Parse(await owner.GetStringAsync("/api/campaigns/support/label-studio/tasks"))!.AsArray();
        Assert.Equal(2, tasks.Count);
        var export = new JsonArray([.. tasks.Select((task, i) => (JsonNode)new JsonObject
        {
            ["id"] = i + 1,
            ["data"] = task!["data"]!.DeepClone(),
            ["annotations"] = new JsonArray(new JsonObject
            {
                ["id"] = 50 + i,
                ["completed_by"] = 3,
                ["was_cancelled"] = false,
                ["updated_at"] = "2026-03-02T10:00:00Z",
                ["result"] = new JsonArray(LabelStudioServer.Item("any", "any", "pairwise", new() { ["selected"] = "left" })),
            }),
        })]);
        export.Add(new JsonObject { ["id"] = 3, ["data"] = new JsonObject { ["prompt"] = "somebody else's" } });
        for (var time = 0; time < 2; time++)
        {
            var report = await WebHost.ReadAsync<AnnotationReport>(await owner.PostAsync("/api/campaigns/support/label-studio/annotations", JsonContent.Create(export)));
            Assert.Equal((3, time == 0 ? 2 : 0, time == 0 ? 0 : 2, 1), (report.Tasks, report.Taken, report.Unchanged, report.NotOurs));
        }
        for (var i = 0; i < 2; i++) Assert.Equal(tasks[i]!["data"]!["answer1"]!.GetValue<string>(), await host.PreferredAsync(i));
    }
}
