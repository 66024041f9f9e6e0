using System.Globalization;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Reward;
using Rlhf.Trainer.Sampling;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>The first half of a PPO step: answers, their scores, and what torch thinks of every token.</summary>
public sealed class PpoRollouts(ICausalLanguageModel reference, RewardModel reward, int endToken, PpoSettings settings)
{
    /// <summary>Nats on one token; measured gaps are around 1e-5.</summary>
    public const double LargestGap = 0.01;

    /// <returns>Shuffled, so that consecutive runs of them are the first epoch's minibatches: their parts are evaluated together here, and on them the ratio is exactly 1.</returns>
    /// <exception cref="RlhfException"><c>rollouts-differ</c>.</exception>
    public IReadOnlyList<Rollout> Collect(
        ICausalLanguageModel policy, ValueModel value, IReadOnlyList<int[]> prompts, double klCoefficient, long seed, CancellationToken cancellation)
    {
        var sampling = new SamplingSettings(settings.MaximumAnswerTokens, settings.Temperature);
        var answers = PolicySampler.Sample(policy, prompts, sampling, endToken, seed, cancellation);
        var rollouts = prompts.Zip(answers, (prompt, answer) => new Rollout(
            prompt, answer.Ended ? [.. answer.Tokens, endToken] : [.. answer.Tokens], answer.Ended, [.. answer.LogProbabilities])).ToArray();
        new SeededRandom(SeededRandom.Combine(seed, 2)).Shuffle<Rollout>(rollouts);
        Score(rollouts);
        foreach (var part in rollouts.Chunk(settings.MinibatchSize).SelectMany(Minibatches.Parts)) Evaluate(policy, value, part);
        CheckGap(rollouts);
        EstimateAdvantages(rollouts, klCoefficient);
        return rollouts;
    }

    private void Score(Rollout[] rollouts)
    {
        var raw = RewardTrainer.RawScores(reward, [.. rollouts.Select(rollout => (int[])[.. rollout.Prompt, .. rollout.Answer])]);
        for (var i = 0; i < rollouts.Length; i++)
        {
            rollouts[i].Reward = reward.Normalization.Apply(raw[i]);
            rollouts[i].Score = PpoMath.Score(rollouts[i].Reward, rollouts[i].Ended, settings.RewardClip, settings.MissingEndPenalty);
        }
    }

    private void Evaluate(ICausalLanguageModel policy, ValueModel value, Rollout[] part)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var batch = AnswerBatch.Of([.. part.Select(rollout => (rollout.Prompt, rollout.Answer))]);
        var lengths = part.Select(rollout => rollout.Answer.Length).ToArray();
        float[][] LogProbabilities(ICausalLanguageModel model) =>
            AnswerBatch.Cut(PpoMath.LogProbabilities(model.Logits(batch.PredictingHidden(model)), batch.Answers, settings.Temperature), lengths);
        var (logProbabilities, referenceLogProbabilities, values) = (LogProbabilities(policy), LogProbabilities(reference), AnswerBatch.Cut(value.Values(batch), lengths));
        for (var i = 0; i < part.Length; i++)
        {
            part[i].LogProbabilities = logProbabilities[i];
            part[i].ReferenceLogProbabilities = referenceLogProbabilities[i];
            part[i].Values = values[i];
        }
    }

    private void EstimateAdvantages(Rollout[] rollouts, double klCoefficient)
    {
        using var scope = NewDisposeScope();
        var lengths = rollouts.Select(rollout => rollout.Answer.Length).ToArray();
        var mask = AnswerBatch.Pad([.. lengths.Select(length => Enumerable.Repeat(1f, length).ToArray())]);
        var values = AnswerBatch.Pad([.. rollouts.Select(rollout => rollout.Values)]);
        var rewards = PpoMath.TokenRewards(
            AnswerBatch.Pad([.. rollouts.Select(rollout => rollout.LogProbabilities)]),
            AnswerBatch.Pad([.. rollouts.Select(rollout => rollout.ReferenceLogProbabilities)]),
            tensor([.. rollouts.Select(rollout => (float)rollout.Score)]), mask, klCoefficient);
        var advantages = PpoMath.Advantages(rewards, values, mask, settings.Gamma, settings.Lambda);
        var returns = AnswerBatch.Cut(PpoMath.Advantages(rewards, values, mask, settings.Gamma, lambda: 1) + values, lengths);
        var whitened = AnswerBatch.Cut(PpoMath.Whiten(advantages, mask), lengths);
        for (var i = 0; i < rollouts.Length; i++) (rollouts[i].Advantages, rollouts[i].Returns) = (whitened[i], returns[i]);
    }

    private static void CheckGap(Rollout[] rollouts)
    {
        var gap = rollouts.Max(rollout => rollout.Gap);
        if (gap <= LargestGap) return;
        throw new RlhfException("rollouts-differ",
            string.Create(CultureInfo.InvariantCulture, $"ONNX Runtime and torch differ by {gap:g3} nats on a token of an answer; {LargestGap} is allowed."),
            "The policy may have diverged: start the run again with a lower learning rate, and report it if that does not help.", 500);
    }
}
