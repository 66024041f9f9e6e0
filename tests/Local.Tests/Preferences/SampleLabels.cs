using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.Preferences;

/// <summary>Campaigns whose rankings stand in storage as the form's would.</summary>
internal static class SampleLabels
{
    public static CampaignSettings Settings(string id) => new()
    {
        Id = CampaignId.From(id),
        Title = "Labels",
        Generators = [new("base", GeneratorKind.Onnx, "file:base")],
        Policy = "file:base",
        TrainOn = [AnnotatorKind.Person, AnnotatorKind.Simulated],
        UseMargin = true,
    };

    /// <summary>Of so many beforehand: nobody was asked because others disagreed.</summary>
    private static Comparison AskedOf(int annotators, Comparison comparison) =>
        comparison with { Overlap = Math.Max(1, annotators), Shared = Math.Max(1, annotators), Most = Math.Max(1, annotators) };

    /// <summary>One batch of comparisons with their rankings; ended, so that it has a pair file, or still open.</summary>
    public static async Task PublishAsync(PipelineHost host, CampaignId campaign, int number, IReadOnlyList<(Comparison Comparison, IReadOnlyList<Ranking> Rankings)> labels, bool ended = true)
    {
        var id = BatchId.For(campaign, 1, number);
        foreach (var ranking in labels.SelectMany(l => l.Rankings)) await host.Get<RankingStore>().TryInsertAsync(ranking with { Batch = id });
        await host.Get<ComparisonStore>().PublishAsync(campaign, id, [.. labels.Select(l => AskedOf(l.Rankings.Count, l.Comparison) with { Batch = id })]);
        await host.Get<BatchStore>().CreateAsync(new(id, campaign, 1, ComparisonKind.Ordinary, ended ? BatchState.Done : BatchState.Open, [], new(), DateTimeOffset.UnixEpoch, Comparisons: labels.Count));
        if (ended) await host.Get<PairStore>().RefreshAsync(campaign, id);
    }

    public static Comparison Comparison(int number, IReadOnlyList<Message> messages, Split split, params IReadOnlyList<string> answers) => new(
        new($"c{number:D6}"), new("unset"), new(PromptHash.IdOf(messages), PromptHash.Normalize(messages), split),
        [.. answers.Select((text, i) => new Answer(((char)('a' + i)).ToString(), text, i % 2 == 0 ? "base" : "tuned-r1", i % 3 == 2 ? FinishReason.Length : FinishReason.Stop, i))],
        ComparisonKind.Ordinary, 1, 1);

    public static Ranking Ranked(Comparison comparison, string annotator, AnnotatorKind kind, int? strength, params IReadOnlyList<IReadOnlyList<string>> tiers) => new(
        comparison.Id, comparison.Batch, new(annotator), kind, RankingOutcome.Ranked, tiers, [.. comparison.Answers.Select(a => a.Id)], DateTimeOffset.UnixEpoch.AddDays(20_000), strength);

    public static Ranking BothBad(Comparison comparison, string annotator, AnnotatorKind kind) =>
        Ranked(comparison, annotator, kind, null) with { Outcome = RankingOutcome.BothBad, Tiers = [] };

    public static async Task<byte[]> ExportAsync(PipelineHost host, CampaignId campaign, string format, Split? split = null)
    {
        using var output = new MemoryStream();
        await (await host.Get<Exporter>().OpenAsync(campaign, format, split)).WriteAsync(output);
        return output.ToArray();
    }

    public static async Task<List<PreferencePair>> PairsAsync(PipelineHost host, CampaignId campaign) => await (await host.Get<Exporter>().OpenSourceAsync(campaign)).PairsAsync().ToListAsync();
}
