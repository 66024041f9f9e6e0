namespace Rlhf.Labeling.Serving;

/// <summary>A comparison somebody still has to rank. Table <c>open</c>: partition = campaign~shard, row = priority~batch~comparison. All moves are pure; the store guards them by ETag.</summary>
/// <remarks>A claim keeps its place after its annotator has ranked: the ranking is the truth, and the row is brought in line with it when somebody else's claim is written, when the claim runs out,
/// or never, since a batch that ends takes its rows along. A closed row says whose rankings it took.</remarks>
/// <param name="Claims">Who has it on the screen, at most one each; a claim that ran out counts for nothing.</param>
/// <param name="Ranked">Whose rankings count towards the overlap.</param>
/// <param name="ForPeople">Judges models: only people's rankings would count, so only people are asked.</param>
public sealed record OpenRow(
    BatchId Batch, ComparisonId Comparison, int Overlap,
    IReadOnlyList<Claim> Claims, IReadOnlyList<AnnotatorId> Ranked, IReadOnlyList<AnnotatorId> Skipped, bool ForPeople = false)
{
    /// <summary>Who judged it and is left out: nobody's place, and not asked again.</summary>
    public IReadOnlyList<AnnotatorId> LeftOut { get; init; } = [];

    public static OpenRow For(Comparison comparison) => new(comparison.Batch, comparison.Id, comparison.Shared, [], [], [], comparison.Kind == ComparisonKind.Test);

    /// <summary>Rebuilt from the rankings, with nobody's claim.</summary>
    public static OpenRow For(Comparison comparison, IEnumerable<Ranking> rankings)
    {
        var judged = rankings.Where(r => r.Comparison == comparison.Id && !r.Extra).ToLookup(r => comparison.LeftOut.Contains(r.Annotator));
        var counted = judged[false].ToList();
        return For(comparison) with
        {
            LeftOut = [.. judged[true].Select(r => r.Annotator)],
            Ranked = [.. counted.Where(r => r.Outcome != RankingOutcome.Skip).Select(r => r.Annotator)],
            Skipped = [.. counted.Where(r => r.Outcome == RankingOutcome.Skip).Select(r => r.Annotator)],
        };
    }

    public bool IsClosed => Ranked.Count >= Overlap || Skipped.Count >= BatchProgress.SkipsToClose;

    public bool IsFor(AnnotatorKind kind) => !ForPeople || kind == AnnotatorKind.Person;

    public bool IsJudgedBy(AnnotatorId annotator) => Ranked.Contains(annotator) || Skipped.Contains(annotator) || LeftOut.Contains(annotator);

    public IEnumerable<Claim> LiveClaims(DateTimeOffset now) => Claims.Where(c => c.Until > now);

    public bool HoldsAt(AnnotatorId annotator, DateTimeOffset now) => LiveClaims(now).Any(c => c.Annotator == annotator);

    /// <summary>Whether <paramref name="annotator"/> may have it now: has not judged it, does not hold it, and a place is free.</summary>
    public bool IsFreeFor(AnnotatorId annotator, DateTimeOffset now)
    {
        if (IsClosed || IsJudgedBy(annotator)) return false;
        var live = LiveClaims(now).ToList();
        return live.Count + Ranked.Count < Overlap && live.All(c => c.Annotator != annotator);
    }

    /// <summary>Whether <paramref name="annotator"/> claimed it before <paramref name="made"/>; whoever asks knows that the claim is not in hand.</summary>
    public bool IsLostBy(AnnotatorId annotator, DateTimeOffset made) => !IsClosed && !IsJudgedBy(annotator) && Claims.Any(c => c.Annotator == annotator && c.Made < made);

    /// <summary>Whether rankings may stand behind its claims: one ran out, or is of <paramref name="annotator"/>, who is asking for a task.</summary>
    public bool NeedsLook(AnnotatorId annotator, DateTimeOffset now) => Claims.Any(c => c.Until <= now || c.Annotator == annotator);

    /// <summary>Those who hold a claim and have ranked are among those who have judged. The same row where nobody has.</summary>
    public OpenRow InLineWith(IEnumerable<Ranking> rankings) => rankings
        .Where(r => r.Comparison == Comparison && !r.Extra && Claims.Any(c => c.Annotator == r.Annotator))
        .Aggregate(this, (row, ranking) => row.Judged(ranking.Annotator, ranking.Outcome));

    /// <summary>Claimed by <paramref name="claim"/>'s annotator; claims that ran out go.</summary>
    public OpenRow Claimed(Claim claim, DateTimeOffset now) =>
        this with { Claims = [.. LiveClaims(now).Where(c => c.Annotator != claim.Annotator), claim] };

    /// <summary>The annotator's claim, if it is there, lasts longer.</summary>
    public OpenRow Extended(AnnotatorId annotator, DateTimeOffset until) =>
        this with { Claims = [.. Claims.Select(c => c.Annotator == annotator && c.Until < until ? c with { Until = until } : c)] };

    public OpenRow Released(AnnotatorId annotator) => this with { Claims = [.. Claims.Where(c => c.Annotator != annotator)] };

    /// <summary>As if the annotator had never judged it.</summary>
    public OpenRow Withdrawn(AnnotatorId annotator) => Released(annotator) with { Ranked = Without(Ranked, annotator), Skipped = Without(Skipped, annotator), LeftOut = Without(LeftOut, annotator) };

    /// <summary>The annotator's judgement counts; a later one takes the place of an earlier. Of one who is left out, it only is no longer on the screen.</summary>
    public OpenRow Judged(AnnotatorId annotator, RankingOutcome outcome) => LeftOut.Contains(annotator) ? Released(annotator) : Released(annotator) with
    {
        Ranked = [.. Without(Ranked, annotator), .. outcome != RankingOutcome.Skip ? [annotator] : (AnnotatorId[])[]],
        Skipped = [.. Without(Skipped, annotator), .. outcome == RankingOutcome.Skip ? [annotator] : (AnnotatorId[])[]],
    };

    /// <summary>The annotator's judgement no longer counts: its place is free for somebody else. The same row where it is so already.</summary>
    public OpenRow LeavingOut(AnnotatorId annotator) =>
        LeftOut.Contains(annotator) && Claims.All(c => c.Annotator != annotator) ? this : Withdrawn(annotator) with { LeftOut = [.. Without(LeftOut, annotator), annotator] };

    /// <summary>The annotator's judgement counts again.</summary>
    public OpenRow TakingIn(AnnotatorId annotator, RankingOutcome outcome) => Withdrawn(annotator).Judged(annotator, outcome);

    private static IReadOnlyList<AnnotatorId> Without(IReadOnlyList<AnnotatorId> annotators, AnnotatorId annotator) => [.. annotators.Where(a => a != annotator)];
}

/// <summary>A comparison on somebody's screen, or fetched ahead for it, until then.</summary>
/// <param name="Made">Null in rows of earlier versions.</param>
public sealed record Claim(AnnotatorId Annotator, DateTimeOffset Until, DateTimeOffset? Made = null);
