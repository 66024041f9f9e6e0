using System.Net;
using System.Net.Http.Json;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

public sealed class GuidelinesTests
{
    [Fact]
    public async Task Change_MakesTheNextVersion_WhichTasksAndRankingsName_AndEarlierOnesCanBeRead()
    {
        await using var host = await WebHost.StartAsync();
        var comparison = (await host.PublishAsync(count: 2))[0];
        var annotator = await host.InviteAsync();
        var first = (await annotator.NextAsync()).Task!;
        await ChangeAsync(host, "Be strict.");
        await annotator.RankAsync(first.Comparison, new(RankingOutcome.Ranked, [["1"], ["2"]], GuidelinesVersion: first.Guidelines));
        // A process that serves annotators notices within a second.
        TaskView second;
        do second = (await annotator.NextAsync()).Task!;
        while (second.Guidelines == 1);
        await annotator.RankAsync(second);
        Assert.Equal([1, 2], (await host.Get<RankingStore>().ReadBatchAsync(comparison.Batch)).Select(r => r.GuidelinesVersion).Order());
        Assert.Equal(("Be strict.", 2), await ReadAsync(annotator, ""));
        Assert.Equal(("Pick the answer you would rather have received.", 1), await ReadAsync(annotator, "?version=1"));
        await RankingTests.AssertProblemAsync(await annotator.GetAsync("guidelines?version=3"), HttpStatusCode.BadRequest, "invalid-query");
    }

    [Fact]
    public async Task Change_ToTheSame_IsNoVersion()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        for (var i = 0; i < 2; i++) await ChangeAsync(host, "Be strict.");
        Assert.Equal(("Be strict.", 2), await ReadAsync(await host.InviteAsync(), ""));
    }

    [Fact]
    public async Task Change_ByManyAtOnce_LosesNoText()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        await Task.WhenAll(Enumerable.Range(1, 4).Select(i => ChangeAsync(host, $"Text {i}")));
        var annotator = await host.InviteAsync();
        var texts = new List<string>();
        for (var version = 2; version <= 5; version++) texts.Add((await ReadAsync(annotator, $"?version={version}")).Text);
        Assert.Equal(["Text 1", "Text 2", "Text 3", "Text 4"], texts.Order());
    }

    [Fact]
    public async Task Submit_WithAVersionThatIsNotThere_IsRefused()
    {
        await using var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        var problem = await RankingTests.AssertProblemAsync(
            await annotator.PostAsync($"tasks/{task.Comparison}/ranking", new RankingRequest(RankingOutcome.BothBad, GuidelinesVersion: 7)), HttpStatusCode.BadRequest, "invalid-ranking");
        Assert.Contains("version 7", problem.Detail);
    }

    private static async Task ChangeAsync(WebHost host, string text)
    {
        using var owner = host.Owner();
        using var response = await owner.PostAsJsonAsync("/api/campaigns/support/guidelines", new GuidelinesRequest(text));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<(string Text, int Version)> ReadAsync(WebHost.Annotator annotator, string query)
    {
        var read = await WebHost.ReadAsync<GuidelinesResponse>(await annotator.GetAsync($"guidelines{query}"));
        return (read.Guidelines, read.Version);
    }
}
