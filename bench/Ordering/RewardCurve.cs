using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;
using Rlhf.Labeling.Ordering;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Trainer;
using Rlhf.Trainer.Data;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Reward;
using Rlhf.Training;

namespace Rlhf.Bench.Ordering;

/// <param name="Rule">Share of test comparisons that the reward model orders as the noise-free rule does.</param>
/// <param name="Labels">As the simulated annotators did, ties left out.</param>
/// <param name="Heads">As <paramref name="Rule"/>, of the heads that order.</param>
/// <param name="Ties">Share of ties among the rankings it was trained on.</param>
public sealed record Point(int Rankings, double Rule, double Labels, double Heads, double Ties);

/// <summary>Trains reward models as the trainer's reward stage does, on rankings as they came in, and holds them against test comparisons.</summary>
public sealed class RewardCurve(ICausalLanguageModel start, ChatTokenizer tokenizer, IReadOnlyList<JudgedComparison> validation, IReadOnlyList<JudgedComparison> test)
{
    /// <summary>A validation ranking for every so many train rankings, as a campaign's shares of 80 and 10% give.</summary>
    private const int TrainPerValidation = 8;

    /// <summary>Heads that are measured beside the reward model, in every arm.</summary>
    private const int Heads = 8;

    private static readonly TrainingSettings Settings = new();

    /// <param name="headsOnly">No reward model is trained; its figures are the heads'.</param>
    public async Task<Point> TrainAsync(IReadOnlyList<JudgedComparison> ranked, long seed, bool headsOnly)
    {
        var heads = HeadEnsemble.Fit([.. ranked.Select(c => (IReadOnlyList<HeadExample>)[c.Example])], Heads, seed);
        double ByHeads(JudgedComparison comparison, int i) => heads.Margin(comparison.FirstFeatures, comparison.SecondFeatures);
        var scores = headsOnly ? null : await ScoreAsync(ranked, seed);
        double ByModel(JudgedComparison comparison, int i) => scores is null ? ByHeads(comparison, i) : scores[2 * i] - scores[(2 * i) + 1];
        return new(ranked.Count, Share(c => c.Rule, ByModel), Share(c => c.Preference - 0.5, ByModel), Share(c => c.Rule, ByHeads), ranked.Average(c => c.IsTie ? 1.0 : 0));
    }

    private double Share(Func<JudgedComparison, double> truth, Func<JudgedComparison, int, double> scored) =>
        test.Select((c, i) => (Truth: truth(c), Scored: scored(c, i))).Where(c => c.Truth != 0).Average(c => Math.Sign(c.Truth) == Math.Sign(c.Scored) ? 1.0 : 0);

    private async Task<float[]> ScoreAsync(IReadOnlyList<JudgedComparison> ranked, long seed)
    {
        var encoder = new PairEncoder(tokenizer, Math.Min(Settings.MaximumLength, start.ContextLength), Settings.Reward);
        var train = encoder.Encode(ranked.Select(c => c.ToPair(Split.Train)).OfType<PreferencePair>()).Comparisons;
        var chosen = encoder.Encode(validation.Take(ranked.Count / TrainPerValidation).Select(c => c.ToPair(Split.Validation)).OfType<PreferencePair>()).Comparisons;
        using var model = await RewardTrainer.TrainAsync(start, train, chosen, Settings.Reward, SeededRandom.Combine(seed, (long)TrainingStage.Reward), new Unobserved());
        return RewardTrainer.RawScores(model, [.. test.SelectMany(c => new[] { Encode(c, c.First), Encode(c, c.Second) })]);
    }

    private int[] Encode(JudgedComparison comparison, GenerationOutcome answer)
    {
        var tokens = tokenizer.EncodeAnswer(answer.Text!, answer.FinishReason == FinishReason.Stop);
        return [.. tokenizer.EncodePrompt(comparison.Prompt.Messages, start.ContextLength - tokens.Count)!.Tokens, .. tokens];
    }

    private sealed class Unobserved : ITrainingProgress
    {
        public TrainingState? Resume() => null;

        public Task StepAsync(StepReport report, Func<TrainingState> state) => Task.CompletedTask;
    }
}
