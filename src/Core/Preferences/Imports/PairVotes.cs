namespace Rlhf.Preferences.Imports;

/// <summary>The votes behind a pair, from what our own files say of it: how many rankings (n), the share that prefers the chosen answer (p, a tie counts half; 1 where labels are hard), and of those with a preference the share that agrees (a).</summary>
/// <param name="For">For the chosen answer.</param>
internal sealed record PairVotes(int For, int Ties, int Against)
{
    /// <summary>Votes a comparison takes.</summary>
    public const int Most = 40;

    private const double Close = 1e-6;

    public int Count => For + Ties + Against;

    /// <summary>What the figures may come from, the most probable first; none where they are no majority's (Dawid–Skene weighs votes, so its shares are not made of them).</summary>
    public static IEnumerable<PairVotes> Of(int rankings, double preference, double agreement)
    {
        // A pair of one vote; where each vote is a pair, its agreement speaks of the others.
        if (rankings == 1) return [preference < 1 - Close ? new(0, 1, 0) : new(1, 0, 0)];
        return Enumerable.Range(0, rankings + 1).Select(ties => Of(rankings, ties, agreement)).OfType<PairVotes>().Where(v => preference > 1 - Close ? v.For > v.Against : Math.Abs(v.Share - preference) < Close);
    }

    private double Share => (For + Ties / 2.0) / Count;

    private static PairVotes? Of(int rankings, int ties, double agreement)
    {
        var voted = rankings - ties;
        var agreeing = (int)Math.Round(agreement * voted);
        var isSo = voted == 0 ? agreement == 0 : Math.Abs((double)agreeing / voted - agreement) < Close;
        return isSo ? new(agreeing, ties, voted - agreeing) : null;
    }

    /// <summary>Strengths of 1 to 3 whose signed mean is the margin (see <see cref="Votes.MarginSteps"/>): of the votes for the chosen answer, then of those against it; null where there are none.</summary>
    public IReadOnlyList<int>? Strengths(double margin)
    {
        var steps = margin * Votes.MarginSteps * Count;
        var lead = (int)Math.Round(steps);
        if (Math.Abs(steps - lead) > 0.01 * Count) return null;
        // Where the losing side was surer, the margin was cut off at nothing.
        var against = lead == 0 ? (int)Votes.MarginSteps * Against : Math.Max(Against, For - lead);
        var @for = lead == 0 ? For : lead + against;
        return IsPossible(@for, For) && IsPossible(against, Against) && (lead > 0 || @for <= against) ? [.. Spread(@for, For), .. Spread(against, Against)] : null;
    }

    private static bool IsPossible(int sum, int votes) => sum >= votes && sum <= votes * (int)Votes.MarginSteps;

    private static IEnumerable<int> Spread(int sum, int votes) => Enumerable.Range(0, votes).Select(i => sum / votes + (i < sum % votes ? 1 : 0));
}
