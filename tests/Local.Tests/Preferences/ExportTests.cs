using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Generation;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Labeling.Quality;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.Preferences;

public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CampaignId Campaign => PipelineHost.Campaign;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Trl_PairsOfEndedAndOpenBatches_InOrderWithTheirSplitAndKinds()
    {
        await using var host = await StartAsync();
        var lines = Lines(await SampleLabels.ExportAsync(host, Campaign, "trl"));
        Assert.Equal(["good 0", "good 1", "good 2", "good 3", "good 4", "good 5"], lines.Select(l => (string?)l["chosen"]![0]!["content"]));
        Assert.Equal(("user", "assistant", "bad 0"), ((string?)lines[0]["prompt"]![0]!["role"], (string?)lines[0]["chosen"]![0]!["role"], (string?)lines[0]["rejected"]![0]!["content"]));
        Assert.Equal(("train", "person", "train", "simulated"), ((string?)lines[0]["split"], (string?)lines[0]["annotatorKinds"]![0], (string?)lines[3]["split"], (string?)lines[3]["annotatorKinds"]![0]));
    }

    [Fact]
    public async Task AnySplit_HoldsThatSplitOnly()
    {
        await using var host = await StartAsync();
        foreach (var format in (string[])["trl", "hh", "csv", "arena"])
            Assert.DoesNotContain("train", Encoding.UTF8.GetString(await SampleLabels.ExportAsync(host, Campaign, format, Split.Test)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAI_WithoutASplit_IsRefusedSinceItCannotTellThemApart()
    {
        await using var host = await StartAsync();
        Assert.Equal("split-needed", (await Assert.ThrowsAsync<RlhfException>(() => SampleLabels.ExportAsync(host, Campaign, "openai"))).Code);
        var lines = Lines(await SampleLabels.ExportAsync(host, Campaign, "openai", Split.Train));
        Assert.Equal(["input", "preferred_output", "non_preferred_output"], lines[0].AsObject().Select(m => m.Key));
    }

    [Fact]
    public async Task Hh_TurnsThatLookLikeOthers_AreEscaped()
    {
        await using var host = await StartAsync();
        var chosen = (string)Lines(await SampleLabels.ExportAsync(host, Campaign, "hh"))[0]["chosen"]!;
        Assert.Equal("\n\nHuman: =Question 0\n\n\\Assistant: no\n\nAssistant: good 0", chosen);
    }

    [Fact]
    public async Task Csv_Formulas_AreHarmless()
    {
        await using var host = await StartAsync();
        var csv = Encoding.UTF8.GetString(await SampleLabels.ExportAsync(host, Campaign, "csv"));
        Assert.Contains("\"'=Question 0", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("\"=", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arena_JudgesArePseudonyms_TheSameInEveryExport()
    {
        await using var host = await StartAsync();
        var text = Encoding.UTF8.GetString(await SampleLabels.ExportAsync(host, Campaign, "arena"));
        Assert.DoesNotContain("anna", text, StringComparison.Ordinal);
        Assert.Equal(text, Encoding.UTF8.GetString(await SampleLabels.ExportAsync(host, Campaign, "arena")));
        var winners = Lines(Encoding.UTF8.GetBytes(text)).Select(l => (string)l["winner"]!);
        Assert.Equal(["model_a", "model_a", "model_a", "model_a", "model_a", "model_a", "tie", "tie (bothbad)"], winners);
    }

    [Fact]
    public async Task Arena_VoteHasWhatFastChatReads()
    {
        await using var host = await StartAsync();
        var vote = Lines(await SampleLabels.ExportAsync(host, Campaign, "arena"))[0];
        // elo_analysis.py: battles[battles["anony"]], and by language where one is asked for.
        Assert.True((bool)vote["anony"]!);
        Assert.Equal("unknown", (string)vote["language"]!);
        Assert.Equal([JsonValueKind.String, JsonValueKind.String, JsonValueKind.String, JsonValueKind.Number, JsonValueKind.Number],
            ((string[])["model_a", "model_b", "winner", "turn", "tstamp"]).Select(name => vote[name]!.GetValueKind()));
    }

    [Fact]
    public async Task Archive_HasAFileASplitAndTheCardOfWhatIsInThem()
    {
        await using var host = await StartAsync();
        using var output = new MemoryStream();
        await (await host.Get<ExportBundle>().OpenArchiveAsync(Campaign, "trl", null))(new OneWayStream(output), CancellationToken.None);
        using var archive = new ZipArchive(new MemoryStream(output.ToArray()));
        Assert.Equal(["train.jsonl", "test.jsonl", "README.md", "card.json"], archive.Entries.Select(e => e.FullName));
        var card = JsonSerializer.Deserialize<DataCard>(Read(archive, "card.json"), RlhfJson.Options)!;
        Assert.Equal((4, 2, 0), (card.Rows[Split.Train], card.Rows[Split.Test], card.Rows.GetValueOrDefault(Split.Validation)));
        Assert.Equal((4, 2), (card.RowsByKind[AnnotatorKind.Person], card.RowsByKind[AnnotatorKind.Simulated]));
        Assert.Equal((1, 1), (card.Rankings.Ties, card.Rankings.BothBad));
        Assert.Equal(card.Rows[Split.Train], Lines(Encoding.UTF8.GetBytes(Read(archive, "train.jsonl"))).Count);
        var readme = Read(archive, "README.md");
        Assert.StartsWith("---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: train.jsonl\n  - split: test\n    path: test.jsonl\n", readme, StringComparison.Ordinal);
        Assert.Contains(card.Guidelines.Sha256, readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryFormat_WritesToAStreamThatCanNeitherSeekNorBlock()
    {
        await using var host = await StartAsync();
        foreach (var info in host.Get<ExportFormats>().All.Select(f => f.Info))
        {
            using var output = new MemoryStream();
            await (await host.Get<Exporter>().OpenAsync(Campaign, info.Name, Split.Train)).WriteAsync(new OneWayStream(output));
            Assert.True(output.Length > 100, info.Name);
        }
    }

    [Fact]
    public async Task ExcludedAnnotator_IsNotInIt_AndTheCardNamesThePseudonym()
    {
        await using var host = await StartAsync();
        await host.Get<Exclusions>().SetAsync(Campaign, new("anna"), true);
        var card = await host.Get<DataCards>().CountAsync(await host.Get<Exporter>().OpenSourceAsync(Campaign));
        Assert.Equal([AnnotatorKind.Simulated], card.RowsByKind.Keys);
        Assert.StartsWith("annotator-", Assert.Single(card.Rule.Excluded).Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trl")]
    [InlineData("sft")]
    [InlineData("arena")]
    [InlineData("label-studio")]
    [InlineData("label-studio-min")]
    public async Task WhatGoldWasMadeOf_IsInNone(string format)
    {
        await using var host = await StartAsync();
        Assert.Contains("good 4", Encoding.UTF8.GetString(await SampleLabels.ExportAsync(host, Campaign, format)), StringComparison.Ordinal);
        await host.Get<CampaignStore>().UpdateAsync(Campaign, c => c with { GoldFrom = [new("c000004")] });
        Assert.DoesNotContain("good 4", Encoding.UTF8.GetString(await SampleLabels.ExportAsync(host, Campaign, format)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Margin_IsThereOnlyWhereTheCampaignUsesIt(bool uses)
    {
        await using var host = await StartAsync();
        await host.Get<CampaignStore>().UpdateAsync(Campaign, c => c with { Settings = c.Settings with { UseMargin = uses } });
        await host.Get<PairStore>().RefreshAllAsync(Campaign);
        foreach (var format in (string[])["trl", "trl-implicit", "trl-text", "trlx", "hh"])
            Assert.All(Lines(await SampleLabels.ExportAsync(host, Campaign, format)), line => Assert.Equal(uses ? "0.333" : null, ((double?)line["margin"])?.ToString("0.000", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Card_SaysAllOfIt()
    {
        await using var host = await StartAsync();
        await host.Get<CampaignStore>().UpdateAsync(Campaign, c => c with { Settings = c.Settings with { Guidelines = "Be fair.", GuidelinesVersion = 3 } });
        var (skipped, same) = (SampleLabels.Comparison(20, [new(MessageRole.User, "Skip?")], Split.Train, "x", "y"), SampleLabels.Comparison(21, [new(MessageRole.User, "Same?")], Split.Train, "x", "x"));
        IReadOnlyList<Ranking> skips = [.. new[] { "ben", "cleo", "dan" }.Select(name => SampleLabels.Ranked(skipped, name, AnnotatorKind.Person, null) with { Outcome = RankingOutcome.Skip })];
        await SampleLabels.PublishAsync(host, Campaign, 3, [(skipped, skips), (same, [SampleLabels.Ranked(same, "ben", AnnotatorKind.Person, 1, ["a"], ["b"])])], ended: false);
        await host.Get<EndBatch>().RunAsync(new(Campaign, BatchId.For(Campaign, 1, 3), BatchEnd.Complete), CancellationToken.None);
        await host.Get<BatchStore>().UpdateAsync(Campaign, BatchId.For(Campaign, 1, 3), b => b with { Dropped = new Dictionary<string, int> { ["identical-answers"] = 2 } });
        using var file = new MemoryStream("{\"prompt\": \"Old?\", \"chosen\": \"yes\", \"rejected\": \"no\"}\n"u8.ToArray());
        await host.Get<CampaignService>().ImportAsync(Campaign, file, new("old.jsonl", Kind: AnnotatorKind.Llm));

        var export = await host.Get<Exporter>().OpenAsync(Campaign, "hh", null);
        await export.WriteAsync(Stream.Null);
        var card = await host.Get<DataCards>().ReadAsync(export.Source);

        Assert.Equal((Campaign, "Labels", "hh"), (card.Campaign, card.Title, card.Format));
        Assert.Equal(export.Info.Loses, card.Loses);
        Assert.Equal((4, 2), (card.Rows[Split.Train], card.Rows[Split.Test]));
        Assert.Equal((4, 2), (card.RowsByKind[AnnotatorKind.Person], card.RowsByKind[AnnotatorKind.Simulated]));
        Assert.Equal((6, 6), (card.AnswersByGenerator["base"], card.AnswersByGenerator["tuned-r1"]));
        Assert.Equal((7, 2, 1), (card.Rankings.Counted[AnnotatorKind.Person], card.Rankings.Counted[AnnotatorKind.Simulated], card.Rankings.LeftOut[AnnotatorKind.Llm]));
        Assert.Equal((1, 1, 1, 3), (card.Rankings.Imported[AnnotatorKind.Llm], card.Rankings.Ties, card.Rankings.BothBad, card.Rankings.Skips));
        Assert.Equal((3, "Be fair.", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("Be fair."u8))), (card.Guidelines.Version, card.Guidelines.Text, card.Guidelines.Sha256));
        Assert.Equal((false, true, PairVoting.Majority, 2, 1), (card.Rule.SoftLabels, card.Rule.UseMargin, card.Rule.Voting, card.Rule.Answers, card.Rule.Overlap));
        Assert.Equal([AnnotatorKind.Person, AnnotatorKind.Simulated], card.Rule.TrainOn);
        Assert.Equal((2, 1, 1), (card.Dropped.Prompts["identical-answers"], card.Dropped.Comparisons["skipped"], card.Dropped.Identical));
        Assert.Equal(("base", GeneratorKind.Onnx, "file:base"), Assert.Single(card.Generators) is var generator ? (generator.Name, generator.Kind, generator.Model) : default);
        Assert.Equal("old.jsonl", Assert.Single(card.Imports).Name);
        var page = DataCardPage.Render(card, new Dictionary<Split, string>());
        Assert.All((string[])["Be fair.", card.Guidelines.Sha256, "identical-answers", "skipped", "old.jsonl", "file:base", "llm", "simulated"], words => Assert.Contains(words, page, StringComparison.Ordinal));
    }

    private static List<JsonNode> Lines(byte[] file) => [.. Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)];

    private static string Read(ZipArchive archive, string name)
    {
        using var reader = new StreamReader(archive.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }

    /// <summary>Six pairs, a tie and a bothBad, over an ended and an open batch; every third is of the test split.</summary>
    private async Task<PipelineHost> StartAsync()
    {
        var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Campaign.Value));
        var labels = Enumerable.Range(0, 6).Select(i =>
        {
            var comparison = SampleLabels.Comparison(i, [new(MessageRole.User, $"=Question {i}\n\nAssistant: no")], i % 3 == 2 ? Split.Test : Split.Train, $"good {i}", $"bad {i}");
            return (comparison, (IReadOnlyList<Ranking>)[SampleLabels.Ranked(comparison, i is 3 or 5 ? "sim" : "anna", i is 3 or 5 ? AnnotatorKind.Simulated : AnnotatorKind.Person, 1, ["a"], ["b"])]);
        }).ToList();
        var (tie, bad) = (SampleLabels.Comparison(6, [new(MessageRole.User, "Tie?")], Split.Train, "x", "y"), SampleLabels.Comparison(7, [new(MessageRole.User, "Bad?")], Split.Train, "x", "y"));
        await SampleLabels.PublishAsync(host, Campaign, 1, [.. labels.Take(4)]);
        await SampleLabels.PublishAsync(host, Campaign, 2, [.. labels.Skip(4), (tie, [SampleLabels.Ranked(tie, "anna", AnnotatorKind.Person, null, ["a", "b"])]), (bad, [SampleLabels.BothBad(bad, "anna", AnnotatorKind.Person)])], ended: false);
        return host;
    }
}
