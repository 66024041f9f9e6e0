using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences;

/// <summary><paramref name="Chosen"/> over <paramref name="Rejected"/> for a prompt. One JSON line in <c>campaigns/&lt;id&gt;/pairs/&lt;round&gt;/&lt;batch&gt;.jsonl</c> and in a run's dataset.</summary>
/// <param name="Weight">A comparison weighs 1 and each of its m pairs 1/m.</param>
/// <param name="Preference">p: weighted share that prefers the chosen answer, ½..1; 1 with a <c>hard</c> rule.</param>
/// <param name="Margin">Raw reward units, only where the campaign uses margins.</param>
/// <param name="Agreement">Share of the annotators that gave a preference who agree with this one.</param>
/// <param name="AnnotatorKinds">Kinds behind it; more than one only where asked.</param>
public sealed record PreferencePair(
    ComparisonId Comparison, PromptId Prompt, IReadOnlyList<Message> Messages, string Chosen, string Rejected, Split Split,
    double Weight, double Preference, double Agreement, IReadOnlyList<AnnotatorKind> AnnotatorKinds, int Round, int Rankings,
    double? Margin = null, string? ChosenGenerator = null, string? RejectedGenerator = null,
    FinishReasonPair? FinishReasons = null);

/// <summary>Whether the texts ended by themselves; the reward model appends the end token only where they did.</summary>
public sealed record FinishReasonPair(Generation.FinishReason Chosen, Generation.FinishReason Rejected);
