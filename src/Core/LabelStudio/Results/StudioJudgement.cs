using Rlhf.Labeling;
using Rlhf.Web.Contracts;

namespace Rlhf.LabelStudio.Results;

/// <summary>What an annotation says about a task's answers.</summary>
/// <param name="Tiers">From best to worst, answers by their number in the task (<c>1</c> is the first, or left).</param>
/// <param name="IsEmpty">Nothing was chosen: no preference, which is a tie.</param>
/// <param name="Fields">What was answered beside the choice.</param>
public sealed record StudioJudgement(
    RankingOutcome Outcome, IReadOnlyList<IReadOnlyList<string>> Tiers, int? Strength, bool IsEmpty, IReadOnlyList<RankingField> Fields)
{
    public static StudioJudgement Skipped(IReadOnlyList<RankingField>? fields = null) => new(RankingOutcome.Skip, [], null, false, fields ?? []);

    /// <summary>The same where the template has another answer left than the first.</summary>
    /// <param name="left">1 or 2.</param>
    public StudioJudgement WithLeft(int left) =>
        left == 1 || !IsSide ? this : this with { Tiers = [.. Tiers.Reverse()] };

    /// <summary>A side was chosen, and no answer by its number.</summary>
    public bool IsSide { get; init; }

    /// <summary>The ranking as the API takes it.</summary>
    /// <param name="maximumStrength">Strengths of the campaign's scale; what is stronger counts as the strongest, and where there is one only, it says nothing.</param>
    public RankingRequest ToRequest(int maximumStrength) => new(Outcome, Outcome == RankingOutcome.Ranked ? Tiers : null)
    {
        Strength = Strength is { } strength && maximumStrength > 1 ? Math.Min(strength, maximumStrength) : null,
        Fields = Fields.Count > 0 ? Fields : null,
    };
}
