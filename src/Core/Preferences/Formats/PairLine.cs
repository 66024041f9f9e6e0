using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>A pair as one JSON line: the three fields that trainers read, in the shape their format has, then where the pair comes from, which trainers ignore.</summary>
/// <param name="Prompt">Messages or a text; null where chosen and rejected begin with it.</param>
/// <param name="Chosen">Messages or a text.</param>
internal sealed record PairLine(
    object? Prompt, object Chosen, object Rejected, Split Split, double Weight, double Preference, double Agreement, IReadOnlyList<AnnotatorKind> AnnotatorKinds,
    ComparisonId Comparison, int Round, int Rankings, double? Margin, string? ChosenGenerator, string? RejectedGenerator, FinishReason? ChosenFinish, FinishReason? RejectedFinish)
{
    public static PairLine Of(PreferencePair pair, object? prompt, object chosen, object rejected) => new(
        prompt, chosen, rejected, pair.Split, pair.Weight, pair.Preference, pair.Agreement, pair.AnnotatorKinds, pair.Comparison, pair.Round, pair.Rankings, pair.Margin,
        pair.ChosenGenerator, pair.RejectedGenerator, pair.FinishReasons?.Chosen, pair.FinishReasons?.Rejected);
}
