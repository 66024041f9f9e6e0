using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Trainer.Data;
using Rlhf.Trainer.Reward;
using Rlhf.Trainer.Sampling;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Pairs → reward model, normalised, measured and published to <c>reward-model/</c>.</summary>
internal static class RewardStage
{
    /// <summary>Reference answers that μ and s are measured on.</summary>
    private const int ReferenceAnswers = 256;

    public static async Task<RunResults> RunAsync(StageContext context)
    {
        var tokenizer = await context.TokenizerAsync();
        var job = context.Job;
        using var start = await context.Models.LoadPolicyAsync(job.RewardStart ?? context.Policy, context.Abort);
        var pairs = await JsonLines.ReadAsync<PreferencePair>(context.Blobs, job.Pairs, context.Abort);
        var encoder = new PairEncoder(tokenizer, Math.Min(job.Settings.MaximumLength, start.ContextLength), job.Settings.Reward);
        var data = Enum.GetValues<Split>().ToDictionary(split => split, split => encoder.Encode(pairs.Where(pair => pair.Split == split)));
        if (data[Split.Train].Pairs == 0)
        {
            throw new RlhfException("no-pairs", $"'{job.Pairs}' has no train pair that can be learned from ({data[Split.Train].Identical} identical, {data[Split.Train].TooLong} too long).",
                "Rank more comparisons, then start the run again.");
        }

        using var model = await RewardTrainer.TrainAsync(
            start, data[Split.Train].Comparisons, data[Split.Validation].Comparisons, job.Settings.Reward, SeededRandom.Combine(job.Seed, (long)TrainingStage.Reward), context.Progress);
        await NormalizeAsync(context, model, tokenizer);
        var results = Measure(context, model, data);
        await context.Models.PublishRewardAsync(
            context.RewardModelPrefix, model, await context.PolicyFolderAsync(), ModelCards.Reward(job, results, pairs), context.Abort);
        await ScoreTestComparisonsAsync(context, model, tokenizer);
        return results;
    }

    /// <summary>μ and s over answers of the policy's start to train prompts.</summary>
    private static async Task NormalizeAsync(StageContext context, RewardModel model, ChatTokenizer tokenizer)
    {
        using var reference = await context.Models.LoadPolicyAsync(context.Policy, context.Abort);
        var prompts = (await context.PromptsAsync(context.Job.RolloutPrompts, tokenizer, reference.ContextLength)).Take(ReferenceAnswers).ToList();
        if (prompts.Count == 0) throw new RlhfException("no-rollout-prompts", $"'{context.Job.RolloutPrompts}' has no prompt that fits the model.", "Add train prompts, then start the run again.");
        var sampling = new SamplingSettings(context.Job.Settings.Ppo.MaximumAnswerTokens);
        var answers = PolicySampler.Sample(reference, prompts, sampling, tokenizer.EndTokenId, SeededRandom.Combine(context.Job.Seed, 11), context.Abort);
        RewardTrainer.Normalize(model, [.. prompts.Zip(answers, (prompt, answer) => Sequence(prompt, answer, tokenizer))]);
    }

    internal static int[] Sequence(int[] prompt, DecodedAnswer answer, ChatTokenizer tokenizer) =>
        answer.Ended ? [.. prompt, .. answer.Tokens, tokenizer.EndTokenId] : [.. prompt, .. answer.Tokens];

    private static RunResults Measure(StageContext context, RewardModel model, Dictionary<Split, EncodedPairs> data)
    {
        var accuracy = data.ToDictionary(d => d.Key, d => RewardTrainer.Evaluate(model, d.Value.Comparisons));
        double? Share(Split split) => accuracy[split].Pairs > 0 ? accuracy[split].Accuracy : null;
        context.Measured(
            TrainingStage.Reward, context.Reporter.Status.Steps, ("accuracyTrain", Share(Split.Train)), ("accuracyValidation", Share(Split.Validation)),
            ("accuracyTest", Share(Split.Test)), ("pairsIdentical", data.Values.Sum(d => d.Identical)), ("pairsTooLong", data.Values.Sum(d => d.TooLong)));
        return context.Results with
        {
            RewardModel = context.RewardModelPrefix,
            RewardAccuracyTrain = Share(Split.Train),
            RewardAccuracyValidation = Share(Split.Validation),
            RewardAccuracyTest = Share(Split.Test),
            TestPairs = accuracy[Split.Test].Pairs,
        };
    }

    /// <summary>Scores every answer of the test comparisons, for judging the reward model afterwards.</summary>
    private static async Task ScoreTestComparisonsAsync(StageContext context, RewardModel model, ChatTokenizer tokenizer)
    {
        if (context.Job.TestComparisons is not { } path) return;
        var comparisons = await JsonLines.ReadAsync<TestComparison>(context.Blobs, path, context.Abort);
        var length = Math.Min(context.Job.Settings.MaximumLength, model.Trunk.ContextLength);
        var answers = comparisons.SelectMany(comparison => comparison.Answers.Select(answer => (comparison.Comparison, answer.Id, Tokens: Encode(comparison, answer, tokenizer, length))))
            .Where(answer => answer.Tokens is not null).ToList();
        var raw = RewardTrainer.RawScores(model, [.. answers.Select(answer => answer.Tokens!)]);
        var scored = answers.Select((answer, i) => (answer.Comparison, answer.Id, Score: model.Normalization.Apply(raw[i]))).GroupBy(answer => answer.Comparison)
            .Select(group => new ScoredComparison(group.Key, group.ToDictionary(answer => answer.Id, answer => answer.Score)));
        await JsonLines.WriteAsync(context.Blobs, $"{context.Job.Output}/test-scores.jsonl", scored, context.Abort);
    }

    private static int[]? Encode(TestComparison comparison, TestAnswer answer, ChatTokenizer tokenizer, int length)
    {
        var tokens = tokenizer.EncodeAnswer(answer.Text, answer.FinishReason == FinishReason.Stop);
        return tokenizer.EncodePrompt(comparison.Messages, length - tokens.Count) is { } prompt ? [.. prompt.Tokens, .. tokens] : null;
    }
}
