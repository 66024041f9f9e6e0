using System.Text.Json.Serialization;

namespace Rlhf.Campaigns;

/// <summary>How three answers and more are judged.</summary>
public enum ManyAnswersMode
{
    /// <summary>All in tiers, from best to worst.</summary>
    Tiers,

    /// <summary>The best and the worst; the rest is between them.</summary>
    BestAndWorst,
}

/// <summary>How annotators judge: what the form offers, and what the server takes.</summary>
public sealed record LabelFormSettings
{
    /// <summary>Points of the scale for two answers. 2: which one is better. 4: clearly or slightly, to each side. 7: three strengths to each side, and a tie in the middle.</summary>
    public int Scale { get; init; } = 2;

    public ManyAnswersMode ManyAnswers { get; init; } = ManyAnswersMode.Tiers;

    /// <summary>Whether a judgement may carry a comment.</summary>
    public bool Comments { get; init; } = true;

    /// <summary>Whether annotators may write an answer of their own; it is kept as an SFT example.</summary>
    public bool BetterAnswers { get; init; } = true;

    /// <summary>Active time after which the form proposes a break; null never does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? BreakAfter { get; init; } = TimeSpan.FromMinutes(45);

    /// <summary>Judgements a person may make in a day (UTC), skips included; null is no bound.</summary>
    public int? DailyCap { get; init; }

    /// <summary>A ranking in less active time for each thousand characters (of the last turn and the answers) is flagged as too fast; null flags none.
    /// 10 seconds is about 1,000 words a minute, four times what adults read silently (238: Brysbaert 2019, "How many words do we read per minute?").</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public TimeSpan? TooFastPerThousandCharacters { get; init; } = TimeSpan.FromSeconds(10);
}
