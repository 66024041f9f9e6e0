using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences;

/// <summary>Where an example's answer comes from.</summary>
public enum SftSource
{
    /// <summary>An annotator wrote it.</summary>
    Own,

    /// <summary>A generator wrote it, and most annotators alone put it first.</summary>
    Preferred,
}

/// <summary>An answer to imitate. One JSON line; the trainer's sft stage reads <c>messages</c>, <c>answer</c> and <c>weight</c>.</summary>
/// <param name="Weight">A comparison weighs 1, shared by its examples.</param>
public sealed record SftExample(
    IReadOnlyList<Message> Messages, string Answer, double Weight, SftSource Source, IReadOnlyList<AnnotatorKind> AnnotatorKinds, Split Split, ComparisonId Comparison);

/// <summary>Rankings to examples of good answers: pure. An answer of an annotator's own stands before what the generators wrote.</summary>
public static class SftExamples
{
    /// <param name="rankings">Those of this comparison that count.</param>
    public static IReadOnlyList<SftExample> Of(Comparison comparison, IReadOnlyList<Ranking> rankings)
    {
        if (comparison.Kind != ComparisonKind.Ordinary) return [];
        var own = rankings.Where(r => !string.IsNullOrWhiteSpace(r.BetterAnswer)).GroupBy(r => r.BetterAnswer!.Trim()).ToList();
        if (own.Count > 0) return [.. own.Select(texts => Example(comparison, texts.Key, 1.0 / own.Count, SftSource.Own, texts))];
        return Preferred(comparison, rankings) is { } best ? [Example(comparison, best.Text, 1, SftSource.Preferred, rankings)] : [];
    }

    /// <summary>The answer that more than half of the rankings alone put first; one that was cut off teaches nothing good.</summary>
    private static Answer? Preferred(Comparison comparison, IReadOnlyList<Ranking> rankings) => comparison.Answers.FirstOrDefault(answer =>
        answer.FinishReason != FinishReason.Length && rankings.Count(r => r.Tiers is [[var best], _, ..] && best == answer.Id) * 2 > rankings.Count);

    private static SftExample Example(Comparison comparison, string answer, double weight, SftSource source, IEnumerable<Ranking> rankings) => new(
        comparison.Prompt.Messages, answer, weight * (comparison.Weight ?? 1), source, [.. rankings.Select(r => r.AnnotatorKind).Distinct().Order()], comparison.Prompt.Split, comparison.Id);
}
