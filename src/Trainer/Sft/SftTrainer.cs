using System.Globalization;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Optimization;
using Rlhf.Training;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Sft;

/// <summary>
/// Supervised fine-tuning: the model learns answers given their prompts.
/// <code>
/// loss = mean over answer tokens of −log p(token | prompt, answer so far), each example by its weight     (end token included, prompt tokens not)
/// AdamW (β 0.9, 0.95, decay 0.01 on matrices), gradient norm 1, warm-up, then half a cosine down to 5%
/// </code>
/// Fresh weights are trained the same way: the shipped model is SFT from the start on the made corpus. No dropout.
/// The same seed, examples and settings give the same weights; a run that was killed goes on from its checkpoint to the same weights.
/// </summary>
public static class SftTrainer
{
    private const double WeightDecay = 0.01;

    /// <param name="model">Changed in place.</param>
    /// <param name="examples">At least one.</param>
    public static async Task TrainAsync(ICausalLanguageModel model, IReadOnlyList<SftExample> examples, SftSettings settings, long seed, ITrainingProgress progress)
    {
        using var optimizer = new AdamW(model.Module.named_parameters(), weightDecay: WeightDecay);
        var stepsPerEpoch = (examples.Count + settings.BatchSize - 1) / settings.BatchSize;
        var steps = settings.Epochs * stepsPerEpoch;
        var step = Restore(progress, model, optimizer);
        while (step < steps)
        {
            var batches = SftBatches.Of(examples, settings.BatchSize, seed, step / stepsPerEpoch);
            for (var batch = step % stepsPerEpoch; batch < stepsPerEpoch; batch++)
            {
                var rate = LearningRate.Cosine(settings.LearningRate, step, steps, warmUp: Math.Min(100, steps / 20));
                var values = Step(model, optimizer, [.. batches[batch].Select(i => examples[i])], rate);
                step++;
                var headline = string.Create(CultureInfo.InvariantCulture, $"loss {values["loss"]:f3}");
                await progress.StepAsync(new(step, steps, headline, values), () => State(step, model, optimizer));
            }
        }
    }

    /// <summary>Mean loss an answer token, nothing trained; NaN without examples.</summary>
    public static double Evaluate(ICausalLanguageModel model, IReadOnlyList<SftExample> examples)
    {
        using var _ = no_grad();
        var (sum, tokens) = (0.0, 0.0);
        foreach (var chunk in examples.OrderBy(e => e.Tokens.Length).Chunk(32))
        {
            using var scope = NewDisposeScope();
            var weight = chunk.Sum(e => e.Weight * (e.Tokens.Length - e.AnswerStart));
            sum += SftLoss.Of(model, chunk).item<float>() * weight;
            tokens += weight;
        }

        return sum / tokens;
    }

    private static Dictionary<string, double> Step(ICausalLanguageModel model, AdamW optimizer, SftExample[] examples, double learningRate)
    {
        using var scope = NewDisposeScope();
        var loss = SftLoss.Of(model, examples);
        Divergence.Check(loss.item<float>(), optimizer.Step + 1, learningRate, "a lower sft.learningRate");
        loss.backward();
        var norm = optimizer.Apply(learningRate);
        return new() { ["loss"] = loss.item<float>(), ["gradientNorm"] = norm, ["learningRate"] = learningRate };
    }

    private static TrainingState State(int step, ICausalLanguageModel model, AdamW optimizer)
    {
        var tensors = model.Module.named_parameters().Select(p => (Name: $"model.{p.name}", Value: p.parameter.detach().clone()))
            .Concat(optimizer.State().Select(s => (Name: $"optimizer.{s.Name}", s.Value)));
        return new(step, tensors.ToDictionary(t => t.Name, t => t.Value), new Dictionary<string, double>());
    }

    private static int Restore(ITrainingProgress progress, ICausalLanguageModel model, AdamW optimizer)
    {
        using var state = progress.Resume();
        if (state is null) return 0;
        using var _ = no_grad();
        foreach (var (name, parameter) in model.Module.named_parameters()) parameter.copy_(state.Tensors[$"model.{name}"]);
        optimizer.Restore(state.Step, state.Tensors.Under("optimizer."));
        return state.Step;
    }
}
