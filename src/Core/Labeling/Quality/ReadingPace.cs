namespace Rlhf.Labeling.Quality;

/// <summary>Whether a judgement came faster than its texts can be read.</summary>
public static class ReadingPace
{
    /// <summary>Characters a second that nobody reads at: about 1,000 words a minute, four times what adults read silently (238: Brysbaert 2019, "How many words do we read per minute?").</summary>
    public const double CharactersPerSecond = 100;

    /// <summary>The shortest time in which somebody may have read the comparison.</summary>
    public static TimeSpan LeastFor(Comparison comparison) => TimeSpan.FromSeconds(
        (comparison.Prompt.Messages.Sum(m => (double)m.Content.Length) + comparison.Answers.Sum(a => a.Text.Length)) / CharactersPerSecond);

    /// <returns>Null where no time was told.</returns>
    public static bool? IsTooFast(Comparison comparison, Ranking ranking) => ranking.ActiveTime is { } time ? time < LeastFor(comparison) : null;
}
