using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Judging;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Bench.Training;

/// <summary>What the noise-free rule says of a run, on prompts that were not trained on.</summary>
/// <param name="WinRate">Tuned against base, ties ½, with the 95% bootstrap interval over prompts.</param>
/// <param name="Distinct">Distinct answers of the tuned model, as a share.</param>
/// <param name="Finished">Share that ended by themselves.</param>
/// <param name="Fluent">Share that consist of whole sentences of the language.</param>
public sealed record Judgement(
    int Prompts, double WinRate, double Low, double High, double BaseScore, double TunedScore, double Distinct, double Finished, double Fluent,
    double MeanWords)
{
    public static async Task<Judgement> OfAsync(OnnxGenerator baseline, OnnxGenerator tuned, IReadOnlyList<Prompt> prompts, SamplingSettings sampling, long seed)
    {
        var before = await AnswerAsync(baseline, prompts, sampling, SeededRandom.Combine(seed, 1));
        var after = await AnswerAsync(tuned, prompts, sampling, SeededRandom.Combine(seed, 2));
        var scores = prompts.Select((prompt, i) => (Base: SupportRule.Score(prompt, before[i].Text!), Tuned: SupportRule.Score(prompt, after[i].Text!))).ToList();
        var points = scores.Select(score => score.Tuned > score.Base ? 1 : score.Tuned < score.Base ? 0 : 0.5).ToArray();
        var (low, high) = Interval(points, seed);
        return new(
            prompts.Count, points.Average(), low, high, scores.Average(s => s.Base), scores.Average(s => s.Tuned),
            (double)after.Select(answer => answer.Text).Distinct().Count() / after.Count,
            after.Average(answer => answer.FinishReason == FinishReason.Stop ? 1.0 : 0),
            after.Average(answer => SupportRule.IsFluent(answer.Text!) ? 1.0 : 0),
            after.Average(answer => answer.Text!.Split(' ').Length));
    }

    /// <summary>Share of pairs of answers that the reward model orders as the rule does, ties of the rule left out.</summary>
    public static double RewardAccuracy(OnnxRewardModel reward, IReadOnlyList<PreferencePair> pairs)
    {
        var scores = reward.Score([.. pairs.SelectMany(pair => new[]
        {
            new ScoringRequest(pair.Messages, pair.Chosen, pair.FinishReasons!.Chosen == FinishReason.Stop),
            new ScoringRequest(pair.Messages, pair.Rejected, pair.FinishReasons!.Rejected == FinishReason.Stop),
        })]);
        var decided = pairs.Select((pair, i) => (
            Rule: SupportRule.Score(pair.Messages, pair.Chosen) - SupportRule.Score(pair.Messages, pair.Rejected), Model: scores[2 * i] - scores[(2 * i) + 1]))
            .Where(difference => difference.Rule != 0).ToList();
        return decided.Average(difference => difference.Rule > 0 == difference.Model > 0 ? 1.0 : 0);
    }

    public static Task<IReadOnlyList<GenerationOutcome>> AnswerAsync(OnnxGenerator generator, IReadOnlyList<Prompt> prompts, SamplingSettings sampling, long seed) =>
        generator.GenerateAsync([.. prompts.Select((prompt, i) => new GenerationRequest(prompt.Messages, SeededRandom.Combine(seed, i)))], sampling);

    private static (double Low, double High) Interval(double[] points, long seed)
    {
        var random = new SeededRandom(seed);
        var means = Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, points.Length).Average(_ => points[random.Next(points.Length)])).Order().ToArray();
        return (means[50], means[1949]);
    }
}
