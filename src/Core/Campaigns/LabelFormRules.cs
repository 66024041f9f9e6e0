using Rlhf.Labeling;

namespace Rlhf.Campaigns;

/// <summary>What a form's settings must satisfy, and what they mean for a ranking.</summary>
public static class LabelFormRules
{
    /// <summary>However long the texts are, nobody is held to have been too fast after this.</summary>
    public static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    /// <summary>Strengths to each side: 1, 2 or 3.</summary>
    public static int MaximumStrength(LabelFormSettings form) => form.Scale / 2;

    /// <summary>Whether the last turn and the answers can't have been read in the ranking's active time. A skip needs no reading.</summary>
    public static bool IsTooFast(LabelFormSettings form, Comparison comparison, Ranking ranking) =>
        form.TooFastPerThousandCharacters is { } perThousand && ranking.ActiveTime is { } active && ranking.Outcome != RankingOutcome.Skip && active < LongEnough
        && active < perThousand * ((comparison.Prompt.Messages[^1].Content.Length + comparison.Answers.Sum(a => a.Text.Length)) / 1000.0);

    /// <exception cref="RlhfException"><c>invalid-form</c>.</exception>
    public static void Check(LabelFormSettings form)
    {
        if (form.Scale is not (2 or 4 or 7)) throw Refuse("scale", $"The scale has {form.Scale} points.", "Choose 2, 4 or 7.");
        if (!Enum.IsDefined(form.ManyAnswers)) throw Refuse("manyAnswers", $"There is no way '{form.ManyAnswers}' to judge many answers.", "Choose tiers or bestAndWorst.");
        if (form.BreakAfter is { } pause && (pause < TimeSpan.FromMinutes(1) || pause > TimeSpan.FromHours(8)))
            throw Refuse("breakAfter", $"A break is proposed after {pause}.", "Choose 1 minute to 8 hours, 45 minutes is usual, or null for never.");
        if (form.DailyCap is < 1) throw Refuse("dailyCap", $"A person may make {form.DailyCap} judgements a day.", "Choose 1 or more, or null for no bound.");
        if (form.TooFastPerThousandCharacters is { } fast && (fast <= TimeSpan.Zero || fast > TimeSpan.FromMinutes(2)))
            throw Refuse("tooFastPerThousandCharacters", $"Less than {fast} for a thousand characters is too fast.", "Choose a time above zero up to 2 minutes, 10 seconds is usual, or null to flag none.");
    }

    private static RlhfException Refuse(string setting, string message, string remedy) => new("invalid-form", $"{message} (form.{setting})", remedy) { Field = $"form.{setting}" };
}
