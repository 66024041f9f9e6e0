using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rlhf.Contracts.Tools;
using Rlhf.Json;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Local.Checks;
using Rlhf.Local.Tests.Telemetry;
using Rlhf.Training;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Loop;

/// <summary>A data set that exists already, from its file to a tuned model: nobody ranks anything.</summary>
public sealed partial class ImportedTrainingTests : IDisposable
{
    private const int Pairs = 100;
    private static readonly CampaignId Campaign = CampaignId.From("old-labels");

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Import_ThenTrainNow_GivesATunedModelAndItsReport()
    {
        await using var serve = RlhfProcess.Start(folder, ["serve", "--prompts", "2", .. folder.Where]);
        await serve.SaysAsync("Ctrl-C ends it");
        var link = Dashboard().Match(serve.Output);
        using var owner = new OwnerClient(new Uri(link.Groups["address"].Value), link.Groups["token"].Value);
        await owner.CreateAsync(new("Old labels", Campaign, Judge: JudgeKind.None, TrainOn: [AnnotatorKind.Person], Training: Small));
        await using var import = RlhfProcess.Start(folder, ["import", WritePairs(), "--campaign", $"{Campaign}", "--kind", "person", "--data", folder.Data]);
        Assert.True(await import.ExitAsync() == 0, import.Output);
        Assert.Contains($"{Pairs} comparisons imported into {Campaign}", import.Output, StringComparison.Ordinal);
        Assert.Contains($"Train on them at the campaign's page:  {link.Groups["address"].Value}campaign?id={Campaign}#token=", import.Output, StringComparison.Ordinal);

        using var started = await owner.Http.PostAsync($"api/campaigns/{Campaign}/runs", JsonContent.Create(new { }));
        Assert.True(started.StatusCode == HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        var run = (await started.Content.ReadFromJsonAsync<Run>(RlhfJson.Options))!.Id;
        RunResponse? ended = null;
        await serve.UntilAsync(() => (ended = Read(owner, run)) is { Run.HasEnded: true, HasReport: true }, "end of the run");

        Assert.True(ended!.Run.State == RunState.Succeeded, ended.Run.Error?.ToString());
        Assert.Equal(Pairs, ended.Run.Snapshot!.TrainPairs + ended.Run.Snapshot.ValidationPairs + ended.Run.Snapshot.TestPairs);
        Assert.InRange(ended.Run.LabelAccuracy!.Share, 0.9, 1);
        Assert.InRange(ended.Run.Results!.KlMean!.Value, 0, 100);
        var report = await owner.Http.GetStringAsync(new Uri($"api/runs/{run}/report", UriKind.Relative));
        Assert.Contains($"<dt>Rankings (person)</dt><dd>{Pairs}</dd>", report, StringComparison.Ordinal);
        Assert.DoesNotContain("simulated", report, StringComparison.OrdinalIgnoreCase);
    }

    [ToolFact]
    [Needs(Tool.Shell)]
    public async Task Import_ItsHintTyped_ServesTheCampaignAndItsPage()
    {
        await using var import = RlhfProcess.Start(folder, ["import", WritePairs(), "--kind", "person", "--data", folder.Data]);
        Assert.True(await import.ExitAsync() == 0, import.Output);

        await using var again = RlhfProcess.Type(folder, import.Hint);

        await again.SaysAsync($"Going on with {Campaign}");
        await again.SaysAsync($"campaign?id={Campaign}#token=");
    }

    private static TrainingSettings Small { get; } = new() { Ppo = new() { Steps = 2, RolloutsPerStep = 16, MaximumAnswerTokens = 24 } };

    /// <summary>The politer answer is preferred, so that there is something to learn; all have a split, so that enough of them test it.</summary>
    private string WritePairs() => folder.Write($"{Campaign}.jsonl", string.Join('\n', File.ReadLines(ShippedModel.SamplePrompts).Where(line => line.StartsWith("{\"prompt\"", StringComparison.Ordinal)).Take(Pairs).Select((line, i) => JsonSerializer.Serialize(new
    {
        prompt = JsonDocument.Parse(line).RootElement.GetProperty("prompt").GetString(),
        chosen = $"I am sorry about this. Please send it back, and we will send you another one within {2 + (i % 9)} days.",
        rejected = $"No. That is not our problem since {1990 + i}.",
        split = (i % 5) switch { 0 => "test", 1 => "validation", _ => "train" },
    }))));

    private static RunResponse Read(OwnerClient owner, RunId run)
    {
        using var response = owner.Http.Send(new(HttpMethod.Get, $"api/runs/{run}"));
        return JsonSerializer.Deserialize<RunResponse>(response.Content.ReadAsStream(), RlhfJson.Options)!;
    }

    [GeneratedRegex("Dashboard.*(?<address>http://[^#]+)#token=(?<token>[^\\s]+)")]
    private static partial Regex Dashboard();
}
