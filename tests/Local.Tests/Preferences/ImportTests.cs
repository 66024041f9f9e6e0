using System.Text;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Labeling.Quality;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Orchestrations;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Local.Tests.Preferences;

public sealed class ImportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CampaignId Campaign => PipelineHost.Campaign;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task PartlyBadFile_KeepsGoodLinesAndNamesBadOnes()
    {
        await using var host = await StartAsync();
        var report = await ImportAsync(host, "mixed.jsonl", """
            {"prompt": "One?", "chosen": "yes", "rejected": "no", "score": 3}
            {broken
            {"prompt": "Two?", "chosen": "same", "rejected": "same"}
            {"prompt": "Three?", "chosen": [{"role": "user", "content": "x"}], "rejected": "no"}
            {"question": "Four?"}
            {"prompt": "Five?", "chosen": "yes", "rejected": "no", "split": "tomorrow"}
            {"prompt": "Six?", "chosen": "yes", "rejected": "no", "split": "test", "margin": 2.5}
            """, AnnotatorKind.Person);
        Assert.Equal((2, 0, 5), (report.Accepted, report.Duplicates, report.Rejected));
        Assert.Equal([(2L, "invalid-json"), (3L, "identical-answers"), (4L, "several-messages"), (5L, "other-format"), (6L, "invalid-split")], report.Errors.Select(e => (e.Line, e.Code)));
        Assert.Equal(["A margin that is not ⅓, ⅔ or 1, or a mean of those, is not kept: its scale is not known.", "The field 'score' is not kept."], report.Imported!.Notes.Keys.Order());
        Assert.Equal(Split.Test, (await SampleLabels.PairsAsync(host, Campaign)).Single(p => p.Messages[0].Content == "Six?").Split);
    }

    [Fact]
    public async Task TheSamePairs_InAnotherFileAndFormat_AreTakenOnce()
    {
        await using var host = await StartAsync();
        await ImportAsync(host, "a.jsonl", """{"prompt": "One?", "chosen": "yes", "rejected": "no"}""", AnnotatorKind.Person);
        var again = await ImportAsync(host, "b.csv", "prompt,chosen,rejected\nOne?,yes,no\nTwo?,yes,no\nTwo?,yes,no\n", AnnotatorKind.Person);
        Assert.Equal((1, 2, 0), (again.Accepted, again.Duplicates, again.Rejected));
        Assert.Equal(["One?", "Two?"], (await SampleLabels.PairsAsync(host, Campaign)).Select(p => p.Messages[0].Content).Order());
    }

    [Fact]
    public async Task NobodySaysWhoRanked_IsRefusedWithTheWayOut()
    {
        await using var host = await StartAsync();
        var report = await ImportAsync(host, "a.jsonl", """{"prompt": "One?", "chosen": "yes", "rejected": "no"}""", null);
        Assert.Equal((0, "kind-not-said"), (report.Accepted, Assert.Single(report.Errors).Code));
        Assert.StartsWith("prompts/rejected/", report.MovedTo, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DroppedFile_IsRecognisedAndItsNameSaysWhoRanked()
    {
        await using var host = await StartAsync();
        await host.Blobs.WriteTextAsync($"inbox/{Campaign}/test.llm.jsonl", "{\"chosen\": \"\\n\\nHuman: One?\\n\\nAssistant: yes\", \"rejected\": \"\\n\\nHuman: One?\\n\\nAssistant: no\"}\n");
        var report = Assert.Single(await host.Get<InboxSweeper>().SweepAsync());
        Assert.Equal(("hh", 1), (report.Imported!.Format, report.Imported.Counts.Rankings[AnnotatorKind.Llm]));
        Assert.Equal([(Split.Test, 1)], report.Imported.Counts.Splits.Select(s => (s.Key, s.Value)));
        Assert.Contains(report.Imported.Warnings, w => w.Contains("does not train on", StringComparison.Ordinal));
        Assert.Empty(await SampleLabels.PairsAsync(host, Campaign));
    }

    [Fact]
    public async Task DroppedPrompts_AreStillPrompts()
    {
        await using var host = await StartAsync();
        await host.Blobs.WriteTextAsync($"inbox/{Campaign}/a.jsonl", "{\"prompt\": \"One?\", \"answer\": \"yes\"}\n");
        var report = Assert.Single(await host.Get<InboxSweeper>().SweepAsync());
        Assert.Equal((1, null), (report.Accepted, report.Imported));
    }

    [Fact]
    public async Task ImportedPrompts_AreInTheirSplits_AndNobodyIsAskedAboutThem()
    {
        await using var host = await StartAsync();
        await ImportAsync(host, "a.jsonl", Pairs(100), AnnotatorKind.Person);
        var prompts = await host.Get<PromptStore>().ReadAllAsync(Campaign).ToListAsync();
        Assert.Equal(100, prompts.Count);
        Assert.All(prompts, p => Assert.Equal(PromptHash.SplitOf(p.Id.Value, PipelineHost.Settings.Split), p.Split));
        Assert.Equal(0, (await host.Get<PromptStore>().TakeAsync(Campaign, new(), 10)).Count);
        var progress = await host.Get<ProgressReader>().ReadAsync(Campaign);
        Assert.Equal((100, 100, 0, 100), (progress.Comparisons, progress.Complete, progress.Open, progress.Imported[AnnotatorKind.Person]));
        // Prompts that come later are asked as ever, and the campaign's own batches begin with the first.
        await host.DropAsync(20);
        var batches = await host.BatchesAsync(b => b.Count(x => x.Import is null) == 2, "batches of the new prompts");
        Assert.Contains(batches, b => b.Id.Value == $"{Campaign}-r1-b00001");
        var recovered = await new RecoverCampaign(host.Get<CampaignStore>(), host.Get<BatchStore>()).RunAsync(Campaign, CancellationToken.None);
        Assert.Equal(3, recovered.NextBatch);
    }

    [Fact]
    public async Task TrainNow_AfterAnImport_FreezesItsPairsWithoutAnybodyRanking()
    {
        await using var host = await StartAsync();
        await ImportAsync(host, "a.jsonl", Pairs(60), AnnotatorKind.Person);
        await host.Get<CampaignService>().TrainNowAsync(Campaign);
        var run = await host.RunAsync(r => r.Snapshot is not null, "snapshot");
        var snapshot = (await host.Blobs.ReadJsonAsync<Snapshot>(RunPaths.Snapshot(run.Id)))!;
        Assert.Equal(60, snapshot.Summary.TrainPairs + snapshot.Summary.ValidationPairs + snapshot.Summary.TestPairs);
        Assert.Equal(60, snapshot.RankingsByKind[AnnotatorKind.Person]);
    }

    [Fact]
    public async Task StorageFailsMidway_GoesOnAtItsPageAndTakesEachPairOnce()
    {
        await using var host = await StartAsync();
        await host.Blobs.WriteTextAsync($"inbox/{Campaign}/many.person.jsonl", Pairs(300));
        host.Tables.Faults.Every = 331;
        var failed = 0;
        while ((await host.Blobs.ListAsync("inbox/").ToListAsync()).Count > 0)
        {
            Assert.InRange(failed++, 0, 400);
            await host.Get<InboxSweeper>().SweepAsync();
        }
        host.Tables.Faults.Every = 0;
        Assert.True(failed > 1);
        var pairs = await SampleLabels.PairsAsync(host, Campaign);
        Assert.Equal(Enumerable.Range(1, 300).Select(i => $"Question {i}?").Order(StringComparer.Ordinal), pairs.Select(p => p.Messages[0].Content).Order(StringComparer.Ordinal));
        Assert.Equal(300, (await host.Get<ProgressReader>().ReadAsync(Campaign)).Rankings[AnnotatorKind.Person]);
    }

    [Fact]
    public async Task SplitOfAFile_AgainstTheCampaigns_IsNamed()
    {
        await using var host = await StartAsync();
        await ImportAsync(host, "a.jsonl", """{"prompt": "One?", "chosen": "yes", "rejected": "no", "split": "train"}""", AnnotatorKind.Person);
        var report = await ImportAsync(host, "b.jsonl", """{"prompt": "One?", "chosen": "sure", "rejected": "no", "split": "test"}""", AnnotatorKind.Person);
        Assert.Equal((0, "split-conflict"), (report.Accepted, Assert.Single(report.Errors).Code));
    }

    [Fact]
    public async Task OneFilesAnnotators_CanBeLeftOut()
    {
        await using var host = await StartAsync();
        var report = await ImportAsync(host, "a.jsonl", Pairs(5), AnnotatorKind.Person);
        await host.Get<Exclusions>().SetAsync(Campaign, new($"{report.Imported!.Annotators}-person"), true);
        Assert.Empty(await SampleLabels.PairsAsync(host, Campaign));
    }

    [Fact]
    public async Task Check_SaysWhatAFileWouldBring_AndKeepsNothing()
    {
        await using var host = await StartAsync();
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(Pairs(30) + "\n{\"prompt\": 1}"));
        var check = await host.Get<ImportChecker>().CheckAsync(PipelineHost.Settings.Split, file, new("a.jsonl"));
        Assert.Equal(("trl", 30, 1, 30), (check.Format, check.Comparisons, check.Rejected, check.KindNeeded));
        Assert.Equal(30, check.Splits.Values.Sum());
        Assert.Empty(await host.Get<BatchStore>().ListAsync(Campaign));
        Assert.Equal(0, (await host.Get<PromptStore>().GetHeadAsync(Campaign)).Counts.All);
    }

    [Theory]
    [InlineData("no-labels.jsonl", "{\"text\": \"x\"}", "no-labels")]
    [InlineData("empty.jsonl", "", "empty-file")]
    [InlineData("notes.docx", "text", "no-labels")]
    public async Task FileWithoutLabels_IsRefusedWithTheReason(string name, string content, string code)
    {
        await using var host = await StartAsync();
        Assert.Equal(code, Assert.Single((await ImportAsync(host, name, content, AnnotatorKind.Person)).Errors).Code);
    }

    private static string Pairs(int count) => string.Join('\n', Enumerable.Range(1, count).Select(i => $$"""{"prompt": "Question {{i}}?", "chosen": "yes {{i}}", "rejected": "no {{i}}"}"""));

    private static async Task<IngestReport> ImportAsync(PipelineHost host, string name, string content, AnnotatorKind? kind)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(content));
        return await host.Get<CampaignService>().ImportAsync(Campaign, file, new(name, Kind: kind));
    }

    private async Task<PipelineHost> StartAsync()
    {
        var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(PipelineHost.Settings with { TrainOn = [AnnotatorKind.Person], TrainWhenLabeled = false, Split = new(0.1, 0.3), MinimumPairs = 20 });
        return host;
    }
}
