using System.Globalization;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Optimization;
using Rlhf.Trainer.Sampling;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Reward;

/// <summary>
/// Reward model from comparisons (Ziegler et al. 2019; Stiennon et al. 2020, section 3.4).
/// <code>
/// r(x, y) = w · trunk(x, y)[last token]                       trunk: copy of the policy's start
/// loss    = mean over pairs, weighted, of −p log σ(Δ − m) − (1−p) log σ(−(Δ − m)),  Δ = r(x, chosen) − r(x, rejected)
/// after:    μ, s of r over reference answers to train prompts; from then on r̂ = (r − μ) / s
/// </code>
/// Departures: all pairs of a comparison are in one batch element, each answer read once (as InstructGPT does); several epochs instead of one, since small sets of labels
/// are all there is, and the epoch with the lowest validation loss is kept where there are enough validation pairs to tell.
/// </summary>
public static class RewardTrainer
{
    /// <summary>Fewer validation comparisons than this don't choose an epoch: the last is taken.</summary>
    private const int FewestToChoose = 20;

    /// <param name="start">Copied; the trunk begins as it.</param>
    /// <returns>The model, not yet normalised: see <see cref="Normalize"/>.</returns>
    /// <exception cref="RlhfException"><c>training-diverged</c>.</exception>
    public static async Task<RewardModel> TrainAsync(
        ICausalLanguageModel start, IReadOnlyList<RewardComparison> train, IReadOnlyList<RewardComparison> validation, RewardSettings settings, long seed,
        ITrainingProgress progress)
    {
        var model = RewardModel.From(start, SeededRandom.Combine(seed, 1));
        using var optimizer = new AdamW(model.Parameters(), weightDecay: settings.WeightDecay);
        using var best = new BestWeights(model);
        var stepsPerEpoch = (train.Count + settings.BatchSize - 1) / settings.BatchSize;
        var steps = settings.Epochs * stepsPerEpoch;
        var step = Restore(progress, model, optimizer, best);
        while (step < steps)
        {
            var (epoch, batch) = (step / stepsPerEpoch, step % stepsPerEpoch);
            var order = Order(train.Count, SeededRandom.Combine(seed, 2, epoch));
            var members = order.Skip(batch * settings.BatchSize).Take(settings.BatchSize).Select(i => train[i]).ToList();
            var values = Step(model, optimizer, members, LearningRate.Linear(settings.LearningRate, step, steps, warmUp: steps / 20));
            if (++step % stepsPerEpoch == 0 && validation.Count > 0) Validate(model, best, validation, values);
            await progress.StepAsync(new(step, steps, Headline(values, best), values), () => State(step, model, optimizer, best));
        }

        if (validation.Count >= FewestToChoose) best.CopyTo(model);
        return model;
    }

    /// <summary>Weighted accuracy and mean loss over comparisons, nothing trained.</summary>
    public static RewardEvaluation Evaluate(RewardModel model, IReadOnlyList<RewardComparison> comparisons)
    {
        using var _ = no_grad();
        var (differences, pairs, losses) = (new List<double>(), new List<RewardPair>(), new List<(double Loss, double Weight)>());
        foreach (var chunk in comparisons.Chunk(32))
        {
            using var scope = NewDisposeScope();
            var batch = PairTensors.Of(chunk);
            var difference = batch.Difference(model);
            differences.AddRange(difference.cpu().data<float>().Select(value => (double)value));
            pairs.AddRange(chunk.SelectMany(comparison => comparison.Pairs));
            losses.Add((batch.Loss(difference).item<float>(), chunk.Sum(comparison => comparison.Pairs.Sum(pair => pair.Weight))));
        }

        if (pairs.Count == 0) return new(0, double.NaN, double.NaN);
        var accuracy = PreferenceLoss.Accuracy(differences, [.. pairs.Select(pair => pair.Weight)]);
        return new(pairs.Count, accuracy, losses.Sum(l => l.Loss * l.Weight) / losses.Sum(l => l.Weight));
    }

    /// <summary>Measures μ and s on reference answers.</summary>
    /// <param name="references">Prompt and answer as tokens, of train prompts.</param>
    public static void Normalize(RewardModel model, IReadOnlyList<int[]> references) =>
        model.Normalization = RewardNormalization.Of(RawScores(model, references));

    /// <summary>Raw scores of whole sequences, in order.</summary>
    public static float[] RawScores(RewardModel model, IReadOnlyList<int[]> sequences)
    {
        using var _ = no_grad();
        var scores = new float[sequences.Count];
        // Sorted by length, so that little is padding.
        foreach (var chunk in Enumerable.Range(0, sequences.Count).OrderBy(i => sequences[i].Length).Chunk(32))
        {
            using var scope = NewDisposeScope();
            var batch = TokenBatch.Of([.. chunk.Select(i => sequences[i])]);
            var raw = model.Scores(batch.Tokens, batch.Last).cpu().data<float>();
            for (var i = 0; i < chunk.Length; i++) scores[chunk[i]] = raw[i];
        }

        return scores;
    }

    private static Dictionary<string, double> Step(RewardModel model, AdamW optimizer, List<RewardComparison> members, double learningRate)
    {
        using var scope = NewDisposeScope();
        var batch = PairTensors.Of(members);
        var difference = batch.Difference(model);
        var loss = batch.Loss(difference);
        Divergence.Check(loss.item<float>(), optimizer.Step + 1, learningRate, "a lower reward.learningRate");
        loss.backward();
        var norm = optimizer.Apply(learningRate);
        var accuracy = PreferenceLoss.Accuracy(
            [.. difference.detach().cpu().data<float>().Select(value => (double)value)], [.. members.SelectMany(m => m.Pairs).Select(pair => pair.Weight)]);
        return new() { ["loss"] = loss.item<float>(), ["accuracy"] = accuracy, ["gradientNorm"] = norm, ["learningRate"] = learningRate };
    }

    private static void Validate(RewardModel model, BestWeights best, IReadOnlyList<RewardComparison> validation, Dictionary<string, double> values)
    {
        var result = Evaluate(model, validation);
        values["accuracyValidation"] = result.Accuracy;
        values["lossValidation"] = result.Loss;
        best.Offer(model, result.Loss, result.Accuracy);
    }

    private static string Headline(Dictionary<string, double> values, BestWeights best) => double.IsNaN(best.Accuracy)
        ? string.Create(CultureInfo.InvariantCulture, $"reward loss {values["loss"]:f3}")
        : string.Create(CultureInfo.InvariantCulture, $"reward accuracy {100 * best.Accuracy:0}% (validation)");

    private static int[] Order(int count, long seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new SeededRandom(seed).Shuffle<int>(order);
        return order;
    }

    private static TrainingState State(int step, RewardModel model, AdamW optimizer, BestWeights best)
    {
        var tensors = model.Parameters().Select(p => (Name: $"model.{p.Name}", Value: p.Parameter.detach().clone()))
            .Concat(optimizer.State().Select(s => (Name: $"optimizer.{s.Name}", s.Value)))
            .Concat(best.State().Select(s => (Name: $"best.{s.Name}", s.Value)));
        return new(step, tensors.ToDictionary(t => t.Name, t => t.Value), best.Numbers());
    }

    private static int Restore(ITrainingProgress progress, RewardModel model, AdamW optimizer, BestWeights best)
    {
        using var state = progress.Resume();
        if (state is null) return 0;
        using var _ = no_grad();
        foreach (var (name, parameter) in model.Parameters()) parameter.copy_(state.Tensors[$"model.{name}"]);
        optimizer.Restore(state.Step, state.Tensors.Under("optimizer."));
        best.Restore(state.Tensors.Under("best."), state.Numbers);
        return state.Step;
    }
}

/// <param name="Accuracy">Weighted share of pairs ranked right; NaN without pairs.</param>
public sealed record RewardEvaluation(int Pairs, double Accuracy, double Loss);
