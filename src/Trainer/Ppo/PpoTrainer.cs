using System.Globalization;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Optimization;
using Rlhf.Trainer.Reward;
using Rlhf.Training;

namespace Rlhf.Trainer.Ppo;

/// <summary>
/// Proximal policy optimisation from a reward model (Schulman et al. 2017; for language models Ziegler et al. 2019, Ouyang et al. 2022).
/// <code>
/// each step:
///   draw prompts; the policy answers them (temperature T, top-p 1, top-k off)                                   <see cref="PpoRollouts"/>
///   score = clip(r̂, ±c) − penalty where the end token is missing
///   log π_old, log π_ref, V of every answer token, by torch
///   token reward = −β (log π_old − log π_ref), and the score on the last token
///   advantages by GAE(γ, λ), whitened over the step's tokens; returns = rewards still to come, which is GAE(γ, 1) + V
///   a few epochs of minibatches each:
///     policy: clipped policy loss                                                                                 <see cref="PpoUpdate"/>
///     value model: c_v · clipped squared error to the returns                                                            <see cref="ValueUpdate"/>
///     both by AdamW, gradient norm clipped at 1
/// </code>
/// The value model is one of its own that begins as the reward model (Ouyang et al. 2022) and learns whole returns, while the policy's advantages take λ below 1 (Yuan et al. 2025,
/// VC-PPO). A value head on the policy's trunk that begins at zero explained next to nothing of the returns here (bench/Training/README.md).
/// Departures: no dropout; no entropy bonus (the KL penalty keeps the entropy up); log-probabilities of the generator are never used, only
/// compared: where ONNX Runtime and torch differ by more than <see cref="PpoRollouts.LargestGap"/> nats on a token, the run fails. The published policy is the one after the last
/// step; the reward model chooses nothing.
/// Random numbers come from (seed, step), so that a resumed run draws what the whole one would have drawn.
/// </summary>
public static class PpoTrainer
{
    /// <param name="start">The policy's start and the frozen reference. Not changed.</param>
    /// <param name="prompts">Train prompts as tokens, what opens the answer included.</param>
    /// <param name="reward">Normalised.</param>
    /// <param name="endToken">Ends an answer.</param>
    /// <returns>The trained policy; the caller disposes it.</returns>
    /// <exception cref="RlhfException"><c>no-rollout-prompts</c>, <c>rollouts-differ</c>, <c>training-diverged</c>.</exception>
    public static async Task<ICausalLanguageModel> TrainAsync(
        ICausalLanguageModel start, IReadOnlyList<int[]> prompts, RewardModel reward, int endToken, PpoSettings settings, long seed, ITrainingProgress progress,
        CancellationToken cancellation = default)
    {
        if (prompts.Count == 0)
            throw new RlhfException("no-rollout-prompts", "There is no train prompt to practise on.", "Add prompts to the campaign and start the run again.");
        using var state = new PpoState(start, reward);
        var rollouts = new PpoRollouts(start, reward, endToken, settings);
        var (step, coefficient) = state.Restore(progress, settings);
        var control = KlControl.Create(coefficient, settings.TargetKl);
        while (step < settings.Steps)
        {
            var stepSeed = SeededRandom.Combine(seed, step);
            var batch = rollouts.Collect(state.Policy, state.Value, Draw(prompts, seed, step, settings.RolloutsPerStep), control.Coefficient, stepSeed, cancellation);
            var values = Update(state, batch, settings, step, stepSeed);
            Describe(values, batch, control.Coefficient);
            control.Update(values["kl"], batch.Count);
            step++;
            await progress.StepAsync(new(step, settings.Steps, Headline(values), values), () => state.Save(step, control.Coefficient));
        }

        return state.TakePolicy();
    }

    private static Dictionary<string, double> Update(PpoState state, IReadOnlyList<Rollout> batch, PpoSettings settings, int step, long stepSeed)
    {
        var learningRate = LearningRate.Linear(settings.LearningRate, step, settings.Steps, warmUp: Math.Min(5, settings.Steps / 10));
        var valueLearningRate = LearningRate.Linear(settings.ValueLearningRate, step, settings.Steps);
        var values = PpoUpdate.Apply(state.Policy, state.PolicyOptimizer, batch, settings, step + 1, learningRate, SeededRandom.Combine(stepSeed, 1));
        values["valueLoss"] = ValueUpdate.Apply(state.Value, state.ValueOptimizer, batch, settings, step + 1, valueLearningRate, SeededRandom.Combine(stepSeed, 3));
        return values;
    }

    /// <summary>The step's prompts: all prompts in a shuffled order, then all again in another.</summary>
    internal static IReadOnlyList<int[]> Draw(IReadOnlyList<int[]> prompts, long seed, int step, int count)
    {
        var drawn = new List<int[]>(count);
        for (var position = (long)step * count; drawn.Count < count; position++)
        {
            var order = Enumerable.Range(0, prompts.Count).ToArray();
            new SeededRandom(SeededRandom.Combine(seed, 7, position / prompts.Count)).Shuffle<int>(order);
            var rest = order.Skip((int)(position % prompts.Count)).Take(count - drawn.Count).Select(i => prompts[i]).ToList();
            drawn.AddRange(rest);
            position += rest.Count - 1;
        }

        return drawn;
    }

    private static void Describe(Dictionary<string, double> values, IReadOnlyList<Rollout> batch, double coefficient)
    {
        values["reward"] = batch.Average(rollout => rollout.Reward);
        values["score"] = batch.Average(rollout => rollout.Score);
        values["explained"] = PpoMath.ExplainedVariance([.. batch.SelectMany(rollout => rollout.Values)], [.. batch.SelectMany(rollout => rollout.Returns)]);
        values["kl"] = batch.Average(rollout => rollout.Kl);
        values["klCoefficient"] = coefficient;
        values["answerLength"] = batch.Average(rollout => rollout.Answer.Length);
        values["finished"] = batch.Average(rollout => rollout.Ended ? 1.0 : 0.0);
        values["generatorGap"] = batch.Max(rollout => rollout.Gap);
    }

    private static string Headline(Dictionary<string, double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"reward {values["reward"]:+0.00;-0.00}, KL {values["kl"]:f1}");
}
