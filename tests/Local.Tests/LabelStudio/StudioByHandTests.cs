using System.Text.Json.Nodes;

namespace Rlhf.Local.Tests.LabelStudio;

/// <summary>Files that go to a Label Studio by hand and come back annotated: each task's own order counts, whichever file it is from.</summary>
public sealed class StudioByHandTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(StudioTemplates.Turned)]
    public async Task Export_AnnotatedFurtherAndPostedBack_HasItsSidesAsTheFileShowsThem(string? template)
    {
        await using var host = await StudioHost.StartAsync(count: 12, overlap: 2, template: template);
        await RankAllAsync(host);
        var export = await host.ReadTasksAsync("export?format=label-studio");
        for (var i = 0; i < export.Count; i++) export[i]!["annotations"]!.AsArray().Add(Annotation(900 + i, user: 3, "left"));
        var report = await host.PostAsync(export);
        Assert.Empty(report.Errors);
        // The form's own rankings, which went out with the tasks, are none of anybody's there.
        Assert.Equal((12, 12, 12), (report.Tasks, report.Taken, report.Unchanged));
        Assert.Equal(24, (await host.RankingsAsync()).Count);
        var left = template is null ? "answer1" : "answer2";
        foreach (var task in export) Assert.Equal(task!["data"]![left]!.GetValue<string>(), await PreferredAsync(host, task, "labelstudio-3"));
    }

    [Fact]
    public async Task Tasks_OfATemplateThatHasTheSecondAnswerLeft_ComeBackAsShown()
    {
        await using var host = await StudioHost.StartAsync(count: 6, template: StudioTemplates.Turned);
        var tasks = await host.ReadTasksAsync("label-studio/tasks");
        for (var i = 0; i < tasks.Count; i++)
        {
            tasks[i]!["id"] = i + 1;
            tasks[i]!["annotations"] = new JsonArray(Annotation(900 + i, user: 3, "left"));
        }
        Assert.Equal(6, (await host.PostAsync(tasks)).Taken);
        foreach (var task in tasks) Assert.Equal(task!["data"]!["answer2"]!.GetValue<string>(), await PreferredAsync(host, task, "labelstudio-3"));
    }

    [Fact]
    public async Task Tasks_HoldWhatIsOpenStill()
    {
        await using var host = await StudioHost.StartAsync(count: 4);
        var annotator = await host.Web.InviteAsync();
        var ranked = (await annotator.NextAsync()).Task!;
        await annotator.RankAsync(ranked);
        var tasks = await host.ReadTasksAsync("label-studio/tasks");
        Assert.Equal(3, tasks.Count);
        Assert.DoesNotContain(tasks, task => task!["data"]!["meta"]!["comparison"]!.GetValue<string>() == ranked.Comparison.Value);
    }

    [Fact]
    public async Task Export_OfATaskThatIsOnTheServerToo_IsReadInItsOwnOrder()
    {
        await using var host = await StudioHost.StartAsync(count: 12);
        await host.KeepAsync();
        for (var i = 0; i < 12; i++) host.Server.Annotate(host.Tasks[i], user: 3, "left", at: host.Time.GetUtcNow());
        await host.LookAsync();
        var export = await host.ReadTasksAsync("export?format=label-studio");
        Assert.Contains(export, task => host.Server.Tasks.All(there => there["data"]!["answer1"]!.ToJsonString() != task!["data"]!["answer1"]!.ToJsonString() || there["data"]!["prompt"]!.ToJsonString() != task["data"]!["prompt"]!.ToJsonString()));
        // The same annotator, who saw some of them the other way round before.
        for (var i = 0; i < export.Count; i++) export[i]!["annotations"] = new JsonArray(Annotation(900 + i, user: 3, "left"));
        Assert.Empty((await host.PostAsync(export)).Errors);
        foreach (var task in export) Assert.Equal(task!["data"]!["answer1"]!.GetValue<string>(), await PreferredAsync(host, task, "labelstudio-3"));
    }

    [Fact]
    public async Task Task_WhoseOrderIsNotOfItsAnswers_IsNamed()
    {
        await using var host = await StudioHost.StartAsync(count: 1);
        var tasks = await host.ReadTasksAsync("label-studio/tasks");
        tasks[0]!["id"] = 1;
        tasks[0]!["data"]!["meta"]!["order"] = new JsonArray(1, 1);
        tasks[0]!["annotations"] = new JsonArray(Annotation(900, user: 3, "left"));
        var report = await host.PostAsync(tasks);
        Assert.Equal((0, 1), (report.Taken, report.Unreadable));
        Assert.Contains("[1, 1]", Assert.Single(report.Errors), StringComparison.Ordinal);
    }

    private static async Task RankAllAsync(StudioHost host)
    {
        var annotator = await host.Web.InviteAsync();
        while ((await annotator.NextAsync()).Task is { } task) await annotator.RankAsync(task);
    }

    private static async Task<string> PreferredAsync(StudioHost host, JsonNode task, string annotator)
    {
        var comparison = host.Comparisons.Single(c => c.Id.Value == task["data"]!["meta"]!["comparison"]!.GetValue<string>());
        var ranking = Assert.Single(await host.RankingsAsync(), r => r.Comparison == comparison.Id && r.Annotator.Value == annotator);
        return comparison.Answers.Single(a => a.Id == Assert.Single(ranking.Tiers[0])).Text;
    }

    private static JsonObject Annotation(int id, int user, string selected) => new()
    {
        ["id"] = id,
        ["completed_by"] = user,
        ["was_cancelled"] = false,
        ["updated_at"] = "2036-03-02T10:00:00Z",
        ["result"] = new JsonArray(LabelStudioServer.Item("comparison", "comparison", "pairwise", new() { ["selected"] = selected })),
    };
}
