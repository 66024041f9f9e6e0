using System.Globalization;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Optimization;
using Rlhf.Trainer.Ppo;
using Rlhf.Trainer.Reward;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Dpo;

/// <param name="Weight">1/m of its comparison's m pairs.</param>
/// <param name="Preference">Share that prefers the chosen answer.</param>
public sealed record DpoPair(int[] Prompt, int[] Chosen, int[] Rejected, double Weight, double Preference);

/// <summary>
/// Direct preference optimisation (Rafailov et al. 2023): the policy from pairs, without a reward model and without sampling.
/// <code>
/// Δ    = (log π(chosen) − log π_ref(chosen)) − (log π(rejected) − log π_ref(rejected))
/// loss = weighted mean of −p log σ(β Δ) − (1−p) log σ(−β Δ)
/// </code>
/// Departures: pairs carry weights and, with soft labels, shares (cDPO, Mitchell 2023); no dropout; AdamW as in the other stages instead of RMSprop.
/// </summary>
public static class DpoTrainer
{
    /// <param name="start">The policy's start and the frozen reference. Not changed.</param>
    /// <returns>The trained policy; the caller disposes it.</returns>
    public static async Task<ICausalLanguageModel> TrainAsync(
        ICausalLanguageModel start, IReadOnlyList<DpoPair> pairs, DpoSettings settings, long seed, ITrainingProgress progress)
    {
        var policy = start.Clone();
        using var optimizer = new AdamW(policy.Module.named_parameters().Select(p => (p.name, p.parameter)));
        var stepsPerEpoch = (pairs.Count + settings.BatchSize - 1) / settings.BatchSize;
        var steps = settings.Epochs * stepsPerEpoch;
        var step = Restore(progress, policy, optimizer);
        while (step < steps)
        {
            var order = Enumerable.Range(0, pairs.Count).ToArray();
            new SeededRandom(SeededRandom.Combine(seed, step / stepsPerEpoch)).Shuffle<int>(order);
            var members = order.Skip(step % stepsPerEpoch * settings.BatchSize).Take(settings.BatchSize).Select(i => pairs[i]).ToList();
            var values = Step(policy, start, optimizer, members, settings.Beta, LearningRate.Linear(settings.LearningRate, step, steps, warmUp: steps / 10));
            step++;
            var headline = string.Create(CultureInfo.InvariantCulture, $"DPO loss {values["loss"]:f3}, accuracy {values["accuracy"]:p0}");
            await progress.StepAsync(new(step, steps, headline, values), () => State(step, policy, optimizer));
        }

        return policy;
    }

    private static Dictionary<string, double> Step(
        ICausalLanguageModel policy, ICausalLanguageModel reference, AdamW optimizer, List<DpoPair> pairs, double beta, double learningRate)
    {
        using var scope = NewDisposeScope();
        var batch = AnswerBatch.Of([.. pairs.Select(pair => (pair.Prompt, pair.Chosen)), .. pairs.Select(pair => (pair.Prompt, pair.Rejected))]);
        var (chosen, rejected) = Halves(LogProbabilities(policy, batch), pairs.Count);
        var (referenceChosen, referenceRejected) = Reference(reference, batch, pairs.Count);
        var difference = beta * DpoMath.Difference(chosen, rejected, referenceChosen, referenceRejected);
        var loss = PreferenceLoss.Pairwise(
            difference, tensor([.. pairs.Select(pair => (float)pair.Preference)]), tensor([.. pairs.Select(pair => (float)pair.Weight)]));
        Divergence.Check(loss.item<float>(), optimizer.Step + 1, learningRate, "a lower dpo.learningRate");
        loss.backward();
        var norm = optimizer.Apply(learningRate);
        var accuracy = PreferenceLoss.Accuracy([.. difference.detach().cpu().data<float>().Select(value => (double)value)], [.. pairs.Select(pair => pair.Weight)]);
        return new() { ["loss"] = loss.item<float>(), ["accuracy"] = accuracy, ["gradientNorm"] = norm, ["learningRate"] = learningRate };
    }

    private static (Tensor Chosen, Tensor Rejected) Reference(ICausalLanguageModel reference, AnswerBatch batch, int pairs)
    {
        using var _ = no_grad();
        return Halves(LogProbabilities(reference, batch), pairs);
    }

    private static Tensor LogProbabilities(ICausalLanguageModel model, AnswerBatch batch) => DpoMath.SequenceLogProbabilities(
        PpoMath.LogProbabilities(model.Logits(batch.PredictingHidden(model)), batch.Answers, temperature: 1), batch.Mask);

    private static (Tensor Chosen, Tensor Rejected) Halves(Tensor both, int pairs) =>
        (both[TensorIndex.Slice(0, pairs)], both[TensorIndex.Slice(pairs)]);

    private static TrainingState State(int step, ICausalLanguageModel policy, AdamW optimizer)
    {
        var tensors = policy.Module.named_parameters().Select(p => (Name: $"policy.{p.name}", Value: p.parameter.detach().clone()))
            .Concat(optimizer.State().Select(s => (Name: $"optimizer.{s.Name}", s.Value)));
        return new(step, tensors.ToDictionary(t => t.Name, t => t.Value), new Dictionary<string, double>());
    }

    private static int Restore(ITrainingProgress progress, ICausalLanguageModel policy, AdamW optimizer)
    {
        using var state = progress.Resume();
        if (state is null) return 0;
        using var _ = no_grad();
        foreach (var (name, parameter) in policy.Module.named_parameters()) parameter.copy_(state.Tensors[$"policy.{name}"]);
        optimizer.Restore(state.Step, state.Tensors.Under("optimizer."));
        return state.Step;
    }
}
