using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Labeling.Ordering;
using Rlhf.Local.Simulation;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Bench.Ordering;

/// <summary>Two answers of the base model to a prompt, and what the simulated annotator who is asked would say of them: drawn once, so that every order meets the same annotators.</summary>
/// <param name="Rule">The noise-free rule's points of the first answer less those of the second.</param>
/// <param name="Preference">1 the first, 0 the second, ½ a tie.</param>
public sealed record JudgedComparison(ComparisonId Id, Prompt Prompt, GenerationOutcome First, GenerationOutcome Second, double Rule, float Preference, float[] FirstFeatures, float[] SecondFeatures)
{
    /// <summary>Half the width of the band in which an annotator sees no difference, on the scale of what is drawn (Rao and Kupper 1967, ln θ). The simulated annotators of ./run never tie; these do in about one of eight.</summary>
    private const double Indifference = 1;

    public bool IsTie => Preference == 0.5f;

    public IReadOnlyList<float[]> Features => [FirstFeatures, SecondFeatures];

    public HeadExample Example => new(HeadEnsemble.Difference(FirstFeatures, SecondFeatures), Preference, 1);

    /// <summary>Base answers to prompts, ranked; identical answers are dropped.</summary>
    public static async Task<IReadOnlyList<JudgedComparison>> MakeAsync(OnnxGenerator generator, OnnxFeatures features, IReadOnlyList<Prompt> prompts, SamplingSettings sampling, long seed)
    {
        var requests = prompts.SelectMany((prompt, i) => Enumerable.Range(0, 2).Select(k => new GenerationRequest(prompt.Messages, SeededRandom.Combine(seed, i, k)))).ToList();
        var answers = await generator.GenerateAsync(requests, sampling);
        var read = features.Read([.. requests.Zip(answers, (request, answer) => new ScoringRequest(request.Messages, answer.Text!, answer.FinishReason == FinishReason.Stop))]);
        return [.. prompts.Select((prompt, i) => (prompt, i)).Where(p => answers[2 * p.i].Text != answers[(2 * p.i) + 1].Text)
            .Select(p => Judge(p.prompt, p.i, answers[2 * p.i], answers[(2 * p.i) + 1], read[2 * p.i]!, read[(2 * p.i) + 1]!, new SeededRandom(SeededRandom.Combine(seed, p.i, 99))))];
    }

    /// <summary>Null for a tie, as in hard labels.</summary>
    public PreferencePair? ToPair(Split split)
    {
        if (IsTie) return null;
        var (chosen, rejected) = Preference > 0.5f ? (First, Second) : (Second, First);
        return new(Id, Prompt.Id, Prompt.Messages, chosen.Text!, rejected.Text!, split, 1, 1, 1, [AnnotatorKind.Simulated], 1, 1, FinishReasons: new(chosen.FinishReason, rejected.FinishReason));
    }

    private static JudgedComparison Judge(Prompt prompt, int number, GenerationOutcome first, GenerationOutcome second, float[] firstFeatures, float[] secondFeatures, SeededRandom random)
    {
        var habit = Habit.Of(number);
        var rule = SupportRule.Score(prompt, first.Text!) - SupportRule.Score(prompt, second.Text!);
        var uniform = 1 - random.NextDouble();
        var drawn = ((rule + habit.LeftBonus + (habit.LengthBonus * (Words(first) - Words(second)) / 10)) / habit.Temperature) + Math.Log(uniform / (1 - uniform + double.Epsilon));
        var preference = Math.Abs(drawn) < Indifference ? 0.5f : drawn > 0 ? 1 : 0;
        return new(ComparisonId.From($"c{number}"), prompt, first, second, rule, preference, firstFeatures, secondFeatures);
    }

    private static int Words(GenerationOutcome answer) => answer.Text!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
