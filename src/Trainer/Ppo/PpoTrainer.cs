using System.Globalization;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Optimization;
using Rlhf.Trainer.Reward;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Ppo;

/// <summary>
/// Proximal policy optimisation from a reward model (Schulman et al. 2017; for language models Ziegler et al. 2019, Ouyang et al. 2022).
/// <code>
/// each step:
///   draw prompts; the policy answers them (temperature T, top-p 1, top-k off)                                   <see cref="PpoRollouts"/>
///   score = clip(r̂, ±c) − penalty where the end token is missing
///   log π_old, log π_ref, V of every answer token, by torch
///   token reward = −β (log π_old − log π_ref), and the score on the last token
///   advantages by GAE(γ, λ), whitened over the step's tokens; returns = advantages + V
///   a few epochs of minibatches:                                                                                  <see cref="PpoUpdate"/>
///     loss = clipped policy loss + c_v · clipped value loss; AdamW, gradient norm clipped at 1
/// </code>
/// Departures: the value head stands on the policy's own trunk and begins at zero (Ziegler: so does ours; Ouyang: a model of its own, from the reward model); no dropout;
/// no entropy bonus (the KL penalty keeps the entropy up); log-probabilities of the generator are never used, only compared: where ONNX Runtime and torch differ by more than
/// <see cref="PpoRollouts.LargestGap"/> nats on a token, the run fails. The published policy is the one after the last step; the reward model chooses nothing.
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
        var policy = new PolicyWithValue(start.Clone());
        using var optimizer = new AdamW(policy.Parameters());
        var rollouts = new PpoRollouts(start, reward, endToken, settings);
        var (step, coefficient) = Restore(progress, policy, optimizer, settings);
        var control = KlControl.Create(coefficient, settings.TargetKl);
        while (step < settings.Steps)
        {
            var stepSeed = SeededRandom.Combine(seed, step);
            var batch = rollouts.Collect(policy, Draw(prompts, seed, step, settings.RolloutsPerStep), control.Coefficient, stepSeed, cancellation);
            var learningRate = LearningRate.Linear(settings.LearningRate, step, settings.Steps, warmUp: Math.Min(5, settings.Steps / 10));
            var values = PpoUpdate.Apply(policy, optimizer, batch, settings, learningRate, SeededRandom.Combine(stepSeed, 1));
            Describe(values, batch, control.Coefficient);
            control.Update(values["kl"], batch.Count);
            step++;
            await progress.StepAsync(new(step, settings.Steps, Headline(values), values), () => State(step, policy, optimizer, control));
        }

        return policy.Policy;
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
        values["kl"] = batch.Average(rollout => rollout.Kl);
        values["klCoefficient"] = coefficient;
        values["answerLength"] = batch.Average(rollout => rollout.Answer.Length);
        values["finished"] = batch.Average(rollout => rollout.Ended ? 1.0 : 0.0);
        values["generatorGap"] = batch.Max(rollout => rollout.Gap);
    }

    private static string Headline(Dictionary<string, double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"reward {values["reward"]:+0.00;-0.00}, KL {values["kl"]:f1}");

    private static TrainingState State(int step, PolicyWithValue policy, AdamW optimizer, IKlControl control)
    {
        var tensors = policy.Parameters().Select(p => (Name: $"policy.{p.Name}", Value: p.Parameter.detach().clone()))
            .Concat(optimizer.State().Select(s => (Name: $"optimizer.{s.Name}", s.Value)));
        return new(step, tensors.ToDictionary(t => t.Name, t => t.Value),
            new Dictionary<string, double> { ["klCoefficient"] = control.Coefficient, ["updates"] = optimizer.Step });
    }

    private static (int Step, double KlCoefficient) Restore(ITrainingProgress progress, PolicyWithValue policy, AdamW optimizer, PpoSettings settings)
    {
        using var state = progress.Resume();
        if (state is null) return (0, settings.KlCoefficient);
        using var _ = no_grad();
        foreach (var (name, parameter) in policy.Parameters()) parameter.copy_(state.Tensors[$"policy.{name}"]);
        optimizer.Restore((int)state.Numbers["updates"], state.Tensors.Under("optimizer."));
        return (state.Step, state.Numbers["klCoefficient"]);
    }
}
