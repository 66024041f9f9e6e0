using System.Text;
using System.Text.Json.Nodes;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Labeling.Quality;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.Preferences;

/// <summary>A card speaks of the file beside it and of the rankings that count.</summary>
public sealed class CardTests : IDisposable
{
    private const string BareTemplate = """<View><Text name="prompt" value="$prompt"/><Text name="answer1" value="$answer1"/><Text name="answer2" value="$answer2"/><Pairwise name="comparison" toName="answer1,answer2"/></View>""";

    private readonly TemporaryFolder folder = new();

    private static CampaignId Campaign => PipelineHost.Campaign;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("trl", 4)]
    // Three votes of one ranking of three, two on each of two comparisons, one bothBad.
    [InlineData("arena", 8)]
    // Of the comparison on which two disagree no answer was put first by most, and none is good in the bothBad one.
    [InlineData("sft", 2)]
    [InlineData("label-studio", 4)]
    public async Task Rows_AreThoseOfTheFile(string format, int rows)
    {
        await using var host = await StartAsync();
        var export = await host.Get<Exporter>().OpenAsync(Campaign, format);
        using var file = new MemoryStream();
        await export.WriteAsync(file);
        var card = await host.Get<DataCards>().ReadAsync(export.Source);
        var text = Encoding.UTF8.GetString(file.ToArray());
        Assert.Equal(rows, export.Info.Extension == ".json" ? JsonNode.Parse(text)!.AsArray().Count : text.Count(c => c == '\n'));
        Assert.Equal(rows, card.Rows.Values.Sum());
        Assert.Equal(rows, (await host.Get<DataCards>().CountAsync((await host.Get<Exporter>().OpenSourceAsync(Campaign)).For(export.Format, null))).Rows.Values.Sum());
    }

    [Fact]
    public async Task Sft_NoComparisonHasAGoodAnswer_GivesNoFile()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Campaign.Value));
        var bad = Make(1, "x", "y");
        await SampleLabels.PublishAsync(host, Campaign, 1, [(bad, [SampleLabels.BothBad(bad, "ann", AnnotatorKind.Person)])]);
        var output = Path.Combine(folder.Path, "set");
        await host.Get<ExportBundle>().WriteFolderAsync(Campaign, "sft", null, output);
        Assert.Equal(["README.md", "card.json"], Directory.EnumerateFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Losses_OfABareTemplate_AreInTheCard()
    {
        await using var host = await StartAsync(BareTemplate);
        var export = await host.Get<Exporter>().OpenAsync(Campaign, "label-studio");
        var card = await host.Get<DataCards>().CountAsync(export.Source);
        Assert.Equal(export.Loses, card.Loses);
        Assert.Contains(card.Loses, l => l.Contains("template", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rankings_OfAnnotatorsWhoAreLeftOut_AndOfGold_DoNotCount()
    {
        await using var host = await StartAsync();
        var before = await host.Get<DataCards>().CountAsync(await host.Get<Exporter>().OpenSourceAsync(Campaign));
        Assert.Equal((6, 0, 1), (before.Rankings.Counted[AnnotatorKind.Person], before.Rankings.Excluded.Count, before.Rankings.BothBad));
        Assert.Equal(0.5, before.Agreement.Raw);
        await host.Get<Exclusions>().SetAsync(Campaign, new("bob"), true);
        await host.Get<CampaignStore>().UpdateAsync(Campaign, c => c with { GoldFrom = [new("c000004")] });
        var after = await host.Get<DataCards>().CountAsync(await host.Get<Exporter>().OpenSourceAsync(Campaign));
        Assert.Equal((3, 3, 0), (after.Rankings.Counted[AnnotatorKind.Person], after.Rankings.Excluded[AnnotatorKind.Person], after.Rankings.BothBad));
        Assert.Null(after.Agreement.Raw);
    }

    /// <summary>One of three answers; two who agree; two who don't; one who finds both bad.</summary>
    private async Task<PipelineHost> StartAsync(string? template = null)
    {
        var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Campaign.Value) with { LabelTemplate = template });
        var (agreed, split, bad) = (Make(2, "better", "worse"), Make(3, "one", "other"), Make(4, "x", "y"));
        var three = Make(1, "best", "second", "third");
        await SampleLabels.PublishAsync(host, Campaign, 1,
        [
            (three, [Rank(three, "ann", ["a"], ["b"], ["c"])]),
            (agreed, [Rank(agreed, "ann", ["a"], ["b"]), Rank(agreed, "bob", ["a"], ["b"])]),
            (split, [Rank(split, "ann", ["a"], ["b"]), Rank(split, "bob", ["b"], ["a"])]),
            (bad, [SampleLabels.BothBad(bad, "ann", AnnotatorKind.Person)]),
        ]);
        return host;
    }

    private static Comparison Make(int number, params IReadOnlyList<string> answers) => SampleLabels.Comparison(number, [new(MessageRole.User, $"Question {number}?")], Split.Train, answers);

    private static Ranking Rank(Comparison comparison, string annotator, params IReadOnlyList<IReadOnlyList<string>> tiers) =>
        SampleLabels.Ranked(comparison, annotator, AnnotatorKind.Person, null, tiers);
}
