using System.Security.Cryptography;
using System.Text;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Training;

/// <summary>Freezes what a run is trained on: pairs rebuilt from the rankings up to its cut-off, and the campaign's prompts by split; then writes its job.</summary>
public sealed class SnapshotBuilder(
    IBlobStore blobs, CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, PromptStore prompts, AnnotatorModels models,
    TimeProvider time)
{
    /// <summary>Idempotent: the first snapshot stands.</summary>
    /// <exception cref="RlhfException"><c>too-few-pairs</c>, <c>no-sft-examples</c>, <c>no-policy</c> or <c>split-leak</c>.</exception>
    public async Task<Snapshot> FreezeAsync(Run run, CancellationToken cancellation = default)
    {
        if (await blobs.ReadJsonAsync<Snapshot>(RunPaths.Snapshot(run.Id), cancellation) is { } frozen) return frozen;
        var campaign = await campaigns.GetAsync(run.Campaign, cancellation);
        var guard = new SplitGuard();
        var content = await ReadBatchesAsync(run, campaign, guard, cancellation);
        CheckPairs(campaign.Settings, content.Outcome.Pairs);

        var files = new Dictionary<string, string>
        {
            [RunPaths.Pairs(run.Id)] = await JsonLines.WriteAsync(blobs, RunPaths.Pairs(run.Id), content.Outcome.Pairs, cancellation),
            [RunPaths.TestComparisons(run.Id)] = await JsonLines.WriteAsync(blobs, RunPaths.TestComparisons(run.Id), content.TestComparisons, cancellation),
        };
        if (campaign.Settings.Stages.Contains(TrainingStage.Sft)) files[RunPaths.SftExamples(run.Id)] = await WriteSftAsync(run, campaign.Settings, content, cancellation);
        foreach (var split in Enum.GetValues<Split>())
        {
            var path = RunPaths.Prompts(run.Id, split);
            files[path] = await JsonLines.WriteAsync(blobs, path, PromptsOf(run, split, guard, cancellation), cancellation);
        }
        await blobs.WriteJsonAsync(RunPaths.Job(run.Id), JobOf(run, campaign.Settings), cancellation: cancellation);
        var snapshot = content.ToSnapshot(run, time.GetUtcNow(), files, HashOf(files), (await prompts.GetHeadAsync(run.Campaign, cancellation)).Test) with
        {
            Ordering = campaign.Settings.Ordering,
            RankingBudget = campaign.Settings.RankingBudget,
        };
        await blobs.WriteJsonAsync(RunPaths.Snapshot(run.Id), snapshot, WriteCondition.CreateOnly, cancellation);
        return (await blobs.ReadJsonAsync<Snapshot>(RunPaths.Snapshot(run.Id), cancellation))!;
    }

    /// <exception cref="RlhfException"><c>too-few-pairs</c>.</exception>
    public static void CheckPairs(CampaignSettings settings, IReadOnlyList<PreferencePair> pairs)
    {
        var train = pairs.Count(p => p.Split == Split.Train);
        if (train < settings.MinimumPairs)
            throw new RlhfException("too-few-pairs", $"The campaign '{settings.Id}' has {train} train pairs of {string.Join(", ", settings.TrainOn).ToLowerInvariant()} rankings; a run needs {settings.MinimumPairs}.",
                $"Rank {settings.MinimumPairs - train} more, or lower minimumPairs.", 409);
    }

    private async Task<string> WriteSftAsync(Run run, CampaignSettings settings, Content content, CancellationToken cancellation) => content.SftExamples.Count > 0
        ? await JsonLines.WriteAsync(blobs, RunPaths.SftExamples(run.Id), content.SftExamples, cancellation)
        : throw new RlhfException("no-sft-examples", $"The campaign '{settings.Id}' asks for the stage sft, and no train prompt has an own answer or one that most put first.",
            "Rank more, or leave the stage sft out.", 409);

    /// <summary>The campaign's pairs as they stand, from the rankings.</summary>
    public async Task<IReadOnlyList<PreferencePair>> DerivePairsAsync(Campaign campaign, DateTimeOffset cutOff, CancellationToken cancellation = default)
    {
        var run = new Run(new("none"), campaign.Id, campaign.Round, "count", RunState.Queued, cutOff, cutOff);
        return (await ReadBatchesAsync(run, campaign, new(), cancellation)).Outcome.Pairs;
    }

    private async Task<Content> ReadBatchesAsync(Run run, Campaign campaign, SplitGuard guard, CancellationToken cancellation)
    {
        var rule = PairStore.OptionsFor(campaign, run.CutOff);
        var content = new Content(rule, await models.EstimateAsync(run.Campaign, rule, cancellation));
        foreach (var batch in await batches.ListAsync(run.Campaign, cancellation))
        {
            if (batch.Kind != ComparisonKind.Ordinary || await comparisons.FindPublishedAsync(run.Campaign, batch.Id, cancellation) is null) continue;
            var published = await comparisons.ReadBatchAsync(run.Campaign, batch.Id, cancellation);
            foreach (var comparison in published) guard.Check(comparison.Prompt.Id, comparison.Prompt.Split, comparison.Prompt.Group);
            content.Add(published, await rankings.ReadBatchAsync(batch.Id, cancellation));
        }
        return content;
    }

    private async IAsyncEnumerable<DatasetPrompt> PromptsOf(
        Run run, Split split, SplitGuard guard, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var prompt in prompts.ReadAllAsync(run.Campaign, cancellation))
        {
            guard.Check(prompt.Id, prompt.Split, prompt.Group);
            if (prompt.Split == split) yield return new(prompt.Id, prompt.Messages);
        }
    }

    private static TrainingJob JobOf(Run run, CampaignSettings settings) => new(
        run.Id, settings.Policy ?? throw RunService.NoPolicy(settings.Id), RunPaths.Pairs(run.Id), RunPaths.Prompts(run.Id, Split.Train),
        RunPaths.Prompts(run.Id, Split.Validation), RunPaths.Prompts(run.Id, Split.Test), settings.Stages, settings.Training, settings.Seed, RunPaths.Root(run.Id),
        SftExamples: settings.Stages.Contains(TrainingStage.Sft) ? RunPaths.SftExamples(run.Id) : null, TestComparisons: RunPaths.TestComparisons(run.Id));

    private static string HashOf(Dictionary<string, string> files) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {f.Value}")))));

    /// <summary>What the batches gave, together.</summary>
    private sealed class Content(PairOptions rule, AnnotatorModel? model)
    {
        private readonly List<PreferencePair> pairs = [];
        private readonly Dictionary<AnnotatorKind, int> kinds = [];

        public PairOutcome Outcome { get; private set; } = PairOutcome.None;

        public List<TestComparison> TestComparisons { get; } = [];

        /// <summary>Of train prompts only.</summary>
        public List<SftExample> SftExamples { get; } = [];

        public void Add(IReadOnlyList<Comparison> published, IReadOnlyList<Ranking> ranked)
        {
            var outcome = PairRules.Of(published, ranked, rule, model);
            pairs.AddRange(outcome.Pairs);
            Outcome = new(pairs, Outcome.Ties + outcome.Ties, Outcome.BothBad + outcome.BothBad, Outcome.Identical + outcome.Identical);
            var counted = ranked.Where(r => PairRules.Counts(r, rule)).ToList();
            foreach (var kind in counted.GroupBy(r => r.AnnotatorKind)) kinds[kind.Key] = kinds.GetValueOrDefault(kind.Key) + kind.Count();
            var byComparison = counted.ToLookup(r => r.Comparison);
            SftExamples.AddRange(published.Where(c => c.Prompt.Split == Split.Train && PairRules.MayTrain(c, rule)).SelectMany(c => Preferences.SftExamples.Of(c, [.. byComparison[c.Id]])));
            TestComparisons.AddRange(published.Where(c => c.Prompt.Split == Split.Test && byComparison.Contains(c.Id)).Select(c => new TestComparison(
                c.Id, c.Prompt.Id, c.Prompt.Messages, [.. c.Answers.Select(a => new TestAnswer(a.Id, a.Text, a.FinishReason))])));
        }

        public Snapshot ToSnapshot(Run run, DateTimeOffset at, Dictionary<string, string> files, string hash, int testPrompts) => new(
            run.Id, at, rule, new(hash, Count(Split.Train), Count(Split.Validation), Count(Split.Test), testPrompts), files, kinds,
            Outcome.Ties, Outcome.BothBad, Outcome.Identical);

        private int Count(Split split) => pairs.Count(p => p.Split == split);
    }
}
