using System.Text.Json.Nodes;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Pages.Tests.Studio;

/// <summary>Label Studio's own editor opens what is exported for it, and says of it what we say.</summary>
public sealed class StudioExportTests(Browser browser)
{
    /// <summary>Opens a task as Label Studio does, and gives its first annotation as the editor would save it.</summary>
    private const string Open = """
        ({ config, json }) => new Promise((done, fail) => {
          setTimeout(() => fail(new Error("The editor has not opened it.")), 20000);
          addEventListener("error", event => fail(event.error ?? new Error(event.message)));
          addEventListener("unhandledrejection", event => fail(event.reason));
          const task = JSON.parse(json);
          new LabelStudio("label-studio", {
            config, interfaces: [], user: { pk: 1, firstName: "Reader", lastName: "" },
            task: { id: 1, data: task.data, predictions: [], annotations: task.annotations.map((annotation, i) => ({ ...annotation, id: String(i + 1) })) },
            // It is told before the annotations are there.
            onLabelStudioLoad: store => setTimeout(() => {
              const annotations = store.annotationStore;
              annotations.selectAnnotation(annotations.annotations[0].id);
              setTimeout(() => done(JSON.stringify(annotations.selected.serializeAnnotation())));
            }),
          });
        })
        """;

    [EditorFact]
    public async Task Export_OpenedInTheEditor_IsReadAsItWasRanked()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 4);
        var annotator = await host.InviteAsync();
        foreach (var ranking in (RankingRequest[])
            [new(RankingOutcome.Ranked, [["1"], ["2"]]), new(RankingOutcome.Ranked, [["2"], ["1"]]), new(RankingOutcome.Ranked, [["1", "2"]]), new(RankingOutcome.BothBad, [])])
            await annotator.RankAsync((await annotator.NextAsync()).Task!.Comparison, ranking);
        using var owner = host.Owner();
        var config = await owner.GetStringAsync("/api/campaigns/support/label-studio/template");
        var tasks = JsonNode.Parse(await owner.GetStringAsync("/api/campaigns/support/export?format=label-studio"))!.AsArray();
        var verdicts = new List<string>();
        foreach (var task in tasks)
        {
            var page = await browser.OpenAsync(new Uri(host.Address, "label-studio/frame").ToString());
            await page.WaitForFunctionAsync("() => window.LabelStudio");
            var saved = JsonNode.Parse(await page.EvaluateAsync<string>(Open, new { config, json = task!.ToJsonString() }))!.AsArray();
            var exported = task["annotations"]![0]!["result"]!.AsArray();
            Assert.Equal(exported.Select(Said).Order(), saved.Select(Said).Order());
            // What goes out has our meta, and this editor leaves it out of what it saves: then the annotation is whoever's who saved it.
            Assert.NotNull(exported[0]!["meta"]!["rlhf"]);
            Assert.All(saved, item => Assert.Null(item!["meta"]));
            verdicts.Add(string.Join(" ", exported.Select(e => e!["value"]!.ToJsonString())));
            await page.CloseAsync();
        }
        Assert.Equal(4, tasks.Count);
        Assert.Equal(2, verdicts.Count(v => v.Contains("selected", StringComparison.Ordinal)));
        Assert.Single(verdicts, v => v.Contains("tie", StringComparison.Ordinal));
        Assert.Single(verdicts, v => v.Contains("both bad", StringComparison.Ordinal));
    }

    private static string Said(JsonNode? item) => $"{item!["from_name"]} {item["type"]} {item["value"]!.ToJsonString()}";
}
