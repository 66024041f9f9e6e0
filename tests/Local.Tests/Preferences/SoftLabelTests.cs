using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.Preferences;

/// <summary>A soft rule makes pairs of ties, which only whoever reads the share may see.</summary>
public sealed class SoftLabelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CampaignId Campaign => PipelineHost.Campaign;

    public static TheoryData<string> ForTrainers => ["trl", "trl-implicit", "trl-text", "trlx", "hh", "openai", "parquet"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(ForTrainers))]
    public async Task Tie_IsNoPreferenceInAFileForTrainers_AndTheCardCountsIt(string format)
    {
        await using var host = await StartAsync();
        var export = await host.Get<Exporter>().OpenAsync(Campaign, format, Split.Train);
        using var file = new MemoryStream();
        await export.WriteAsync(file);
        if (format != "parquet") Assert.DoesNotContain("even", Encoding.UTF8.GetString(file.ToArray()), StringComparison.Ordinal);
        var card = await host.Get<DataCards>().ReadAsync(export.Source);
        Assert.Equal((4, 2), (card.Rows[Split.Train], card.Dropped.Even));
    }

    [Fact]
    public async Task SharesAndWeights_AreThoseOfTheVotes()
    {
        await using var host = await StartAsync();
        var lines = Encoding.UTF8.GetString(await SampleLabels.ExportAsync(host, Campaign, "trl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!);
        // Two of three; one tie of two votes; of three answers, two tied ones behind the best.
        Assert.Equal(["0.667 1", "0.75 1", "1 0.5", "1 0.5"], lines.Select(l => string.Create(CultureInfo.InvariantCulture, $"{(double)l["preference"]!:0.###} {(double)l["weight"]!:0.###}")));
    }

    [Fact]
    public async Task Csv_HoldsTiesWithTheirShare()
    {
        await using var host = await StartAsync();
        var export = await host.Get<Exporter>().OpenAsync(Campaign, "csv");
        using var file = new MemoryStream();
        await export.WriteAsync(file);
        var card = await host.Get<DataCards>().ReadAsync(export.Source);
        Assert.Equal((6, 0), (card.Rows[Split.Train], card.Dropped.Even));
        Assert.Contains("\"even 1\",\"even 2\",\"train\",\"1\",\"0.5\",\"0\"", Encoding.UTF8.GetString(file.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_OfTiesAlone_HasNoEmptyFileAndCountsThem()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Campaign.Value) with { Training = new() { Reward = new() { SoftLabels = true } } });
        var tie = SampleLabels.Comparison(1, [new(MessageRole.User, "Tie?")], Split.Train, "even 1", "even 2");
        await SampleLabels.PublishAsync(host, Campaign, 1, [(tie, [SampleLabels.Ranked(tie, "ann", AnnotatorKind.Person, null, ["a", "b"])])]);
        var output = Path.Combine(folder.Path, "set");
        await host.Get<ExportBundle>().WriteFolderAsync(Campaign, "trl", null, output);
        Assert.Equal(["README.md", "card.json"], Directory.EnumerateFiles(output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("would stand in the file as preferences | 1 |", await File.ReadAllTextAsync(Path.Combine(output, "README.md")), StringComparison.Ordinal);
    }

    /// <summary>Six pairs of a soft rule, two of them ties; none but those say "even".</summary>
    private async Task<PipelineHost> StartAsync()
    {
        var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Campaign.Value) with { UseMargin = false, Training = new() { Reward = new() { SoftLabels = true } } });
        var (tie, most, half) = (Make(1, "even 1", "even 2"), Make(2, "better", "worse"), Make(3, "better", "worse"));
        var three = Make(4, "best", "second", "third");
        await SampleLabels.PublishAsync(host, Campaign, 1,
        [
            (tie, [Rank(tie, "ann", ["a", "b"])]),
            (most, [Rank(most, "ann", ["a"], ["b"]), Rank(most, "bob", ["a"], ["b"]), Rank(most, "cleo", ["b"], ["a"])]),
            (half, [Rank(half, "ann", ["a"], ["b"]), Rank(half, "bob", ["a", "b"])]),
            (three, [Rank(three, "ann", ["a"], ["b", "c"])]),
        ]);
        return host;
    }

    private static Comparison Make(int number, params IReadOnlyList<string> answers) => SampleLabels.Comparison(number, [new(MessageRole.User, $"Question {number}?")], Split.Train, answers);

    private static Ranking Rank(Comparison comparison, string annotator, params IReadOnlyList<IReadOnlyList<string>> tiers) =>
        SampleLabels.Ranked(comparison, annotator, AnnotatorKind.Person, null, tiers);
}
