using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling.Checks;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Review;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Serving;

/// <summary>Puts comparisons before annotators.</summary>
public sealed class TaskServer(
    CampaignStore campaigns, ComparisonStore comparisons, RankingStore rankings, OpenStore open, AnnotatorStore annotators, OpenScan scan,
    InviteService invites, OverlapReader overlaps, ReviewStore reviews, CheckDraw checks, RepeatStore repeats, ProgressBoard board, BatchStore batches, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WritingWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NothingOpenWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CapWait = TimeSpan.FromMinutes(10);

    /// <summary>Of a lease: how much longer a claim ahead lasts than the lease of what is shown.</summary>
    internal const double AheadShare = 0.2;

    /// <summary>The task already on the annotator's screen if its lease runs and it is not in <paramref name="holding"/>; otherwise a new one, claimed until its lease ends.</summary>
    /// <param name="holding">What the caller has on the screen: given to fetch one ahead. The lease of what was fetched ahead begins with the call that names it here.</param>
    /// <exception cref="RlhfException"><c>too-many-held</c>.</exception>
    public async Task<NextResponse> NextAsync(CampaignId id, Invite invite, IReadOnlyCollection<ComparisonId> holding, CancellationToken cancellation = default)
    {
        var annotator = invite.Annotator;
        var campaign = await campaigns.GetRecentAsync(id, cancellation);
        var state = await annotators.GetRecentAsync(id, annotator, cancellation);
        // What is on the screen is given again only if it still is: it may have been judged through another process.
        if (state.Held.Count > 0) state = await annotators.GetAsync(id, annotator, cancellation);
        var progress = await ProgressAsync(id, state, cancellation);
        if (NotServing(campaign, progress) is { } answer) return answer;
        await NoteSeenAsync(id, invite, cancellation);
        if (invite.PausedAt is not null || campaign.ExcludedAnnotators.Contains(annotator)) return new(NextStatus.Paused, progress, RetryAfterSeconds: (int)LongestWait.TotalSeconds, Reason: "The owner of this campaign has paused your tasks. Thank you for what you have ranked; it is kept. Please ask them how to go on.");
        var held = state.HeldAt(time.GetUtcNow()).ToList();
        var mine = held.Find(h => !holding.Contains(h.Task.Comparison));
        if (mine is null && held.Count >= AnnotatorState.MaximumHeld)
            throw new RlhfException("too-many-held", $"This annotator holds {held.Count} comparisons already.", "Submit, skip or release one before asking for another.", 409);
        var begun = await BeginAsync(campaign, annotator, holding.Count == 0 ? mine : held.Find(h => holding.Contains(h.Task.Comparison)), cancellation);
        if (mine is null) return await ClaimAsync(campaign, invite, state, new(begun, IsAhead: holding.Count > 0), progress, cancellation);
        if (begun is not null) await annotators.UpdateAsync(id, annotator, s => s.Showing(begun), cancellation);
        return Task(campaign, progress, await ViewAsync(campaign, annotator, mine.Task == begun?.Task ? begun : mine, cancellation));
    }

    /// <summary>Gives a comparison back unjudged. Nothing happens if the annotator does not hold it; one that was ranked meanwhile, in another window, keeps its place.</summary>
    public async Task ReleaseAsync(CampaignId id, AnnotatorId annotator, ComparisonId comparison, CancellationToken cancellation = default)
    {
        var served = await annotators.FindServedAsync(id, annotator, comparison, cancellation) ?? throw NotServed(comparison);
        await annotators.UpdateAsync(id, annotator, s => s.WithoutHeld(comparison), cancellation);
        var ranked = (await rankings.FindAsync(served.Task.Batch, comparison, annotator, cancellation))?.Ranking;
        OpenRow GivenBack(OpenRow row) => ranked is { Extra: false } ? row.Judged(annotator, ranked.Outcome) : row.Released(annotator);
        if (!await open.ChangeAsync(id, await comparisons.GetAsync(id, served.Task.Batch, comparison, cancellation), GivenBack, cancellation)) await reviews.ReleaseAsync(id, served.Task, annotator, cancellation);
    }

    /// <summary>What the annotator sees of a comparison that was served.</summary>
    public async Task<TaskView> ViewAsync(Campaign campaign, Served served, DateTimeOffset leaseUntil, CancellationToken cancellation = default)
    {
        var comparison = await comparisons.GetAsync(campaign.Id, served.Task.Batch, served.Task.Comparison, cancellation);
        var answers = comparison.Answers.ToDictionary(a => a.Id);
        var shown = served.ShownOrder.Select((id, i) => new AnswerView(ShownOrder.PlaceOf(i), answers[id].Text, answers[id].FinishReason == FinishReason.Length));
        return new(comparison.Id, comparison.Prompt.Messages, [.. shown], leaseUntil, campaign.Settings.GuidelinesVersion) { Practice = comparison.Gold?.IsPractice ?? false };
    }

    public static RlhfException NotServed(ComparisonId comparison) =>
        new("not-served", $"Comparison '{comparison}' was not served to this annotator.", "Rank what 'next' gives, with the invite that it was given to.", 403);

    /// <summary>The lease of what was fetched ahead and is on the screen now; null where that is no news. The state says so with its next write, the open row only where its claim would end before.</summary>
    private async Task<HeldTask?> BeginAsync(Campaign campaign, AnnotatorId annotator, HeldTask? held, CancellationToken cancellation)
    {
        if (held is not { Ahead: true }) return null;
        var until = time.GetUtcNow() + campaign.Settings.Lease;
        if (until > held.Until)
            await open.ChangeAsync(campaign.Id, await comparisons.GetAsync(campaign.Id, held.Task.Batch, held.Task.Comparison, cancellation), r => r.Extended(annotator, until), cancellation);
        return new(held.Task, until);
    }

    private async Task<NextResponse> ClaimAsync(Campaign campaign, Invite invite, AnnotatorState state, Screen screen, ProgressView progress, CancellationToken cancellation)
    {
        var annotator = invite.Annotator;
        if (AtCap(campaign, invite, state, progress) is { } enough)
        {
            if (screen.Begun is not null) await annotators.UpdateAsync(campaign.Id, annotator, screen.Apply, cancellation);
            return enough;
        }
        var until = UntilOf(campaign, screen.Apply(state), screen.IsAhead);
        if (!invite.IsReviewer && await checks.DrawAsync(campaign, invite, state, cancellation) is { } drawn)
            return drawn.Task is { } check ? await PutAsync(campaign, annotator, s => (drawn.Change?.Invoke(s) ?? s) with { Cursor = state.Cursor }, state, screen, check, until, progress, cancellation)
                : new(NextStatus.Paused, progress, RetryAfterSeconds: (int)LongestWait.TotalSeconds, Reason: drawn.Refusal);
        if (invite.IsReviewer) return await ReviewAsync(campaign, annotator, state, screen, until, progress, cancellation);
        var result = await scan.ClaimNextAsync(
            campaign.Id, annotator, invite.Kind, state.Cursor.For(campaign.OrderedAt), until, [.. state.Held.Select(h => h.Task).Concat(state.Recent).Select(t => t.Comparison)], () => OthersAsync(campaign, annotator, cancellation), cancellation);
        if (result.Claimed is not { } row) return await NoneAsync(campaign, annotator, state, screen, result.Cursor, progress, cancellation);
        return await PutAsync(campaign, annotator, s => s with { Cursor = result.Cursor }, state, screen, new(row.Batch, row.Comparison), until, progress, cancellation);
    }

    /// <summary>Nothing could be claimed: why, and when to ask again.</summary>
    private async Task<NextResponse> NoneAsync(
        Campaign campaign, AnnotatorId annotator, AnnotatorState state, Screen screen, ScanCursor cursor, ProgressView progress, CancellationToken cancellation)
    {
        // A lap that is done begins again where it began.
        var next = cursor.IsLapDone ? cursor.Restarted() : cursor;
        if (screen.Begun is not null || next != state.Cursor)
            await annotators.UpdateAsync(campaign.Id, annotator, s => screen.Apply(s) with { Cursor = next }, cancellation);
        var answer = Nothing(cursor, progress);
        if (answer.Status == NextStatus.Done && await AreMoreBeingWrittenAsync(campaign.Id, cancellation))
            answer = new(NextStatus.Wait, progress, RetryAfterSeconds: (int)WritingWait.TotalSeconds, Reason: "New answers are being written.");
        if (answer.Status == NextStatus.Wait) return answer;
        // Whoever is told that nothing is left sees the count as it is, not as it was a second ago.
        var counts = await board.CountAsync(campaign.Id, cancellation);
        // What more annotators could still rank is nobody's loss.
        if (answer.Status == NextStatus.Exhausted && counts.Open == 0) answer = NothingLeft(progress);
        return answer with { Progress = View(state, counts) };
    }

    /// <summary>A reviewer gets what annotators disagree about, and nothing else.</summary>
    private async Task<NextResponse> ReviewAsync(
        Campaign campaign, AnnotatorId reviewer, AnnotatorState state, Screen screen, DateTimeOffset until, ProgressView progress, CancellationToken cancellation)
    {
        if (await reviews.ClaimAsync(campaign.Id, reviewer, until, [.. state.Held.Select(h => h.Task.Comparison)], cancellation) is { } task)
            return await PutAsync(campaign, reviewer, s => s, state, screen, task, until, progress, cancellation);
        if (screen.Begun is not null) await annotators.UpdateAsync(campaign.Id, reviewer, screen.Apply, cancellation);
        return new(NextStatus.Done, progress, RetryAfterSeconds: (int)LongestWait.TotalSeconds, Reason: "Nothing waits for a reviewer. What annotators disagree about will come here.");
    }

    /// <summary>Puts a task that is claimed before the annotator.</summary>
    private async Task<NextResponse> PutAsync(
        Campaign campaign, AnnotatorId annotator, Func<AnnotatorState, AnnotatorState> change, AnnotatorState state, Screen screen, TaskKey task, DateTimeOffset until, ProgressView progress, CancellationToken cancellation)
    {
        var held = new HeldTask(task, until, screen.IsAhead);
        var served = await annotators.ServeAsync(
            campaign.Id, annotator, await ServingAsync(campaign, annotator, task, cancellation), s => change(screen.Apply(s).Holding(held, time.GetUtcNow())), cancellation);
        // Counts that say that nothing is open are older than what was just claimed.
        if (progress.Done == progress.Total) progress = View(state, await board.CountAsync(campaign.Id, cancellation));
        return Task(campaign, progress, await ViewAsync(campaign, served, held.Until, cancellation));
    }

    /// <summary>Fetched ahead, a task waits for as long as the one shown may take, and a bit: mostly the claim needs no second write when it is shown.</summary>
    private DateTimeOffset UntilOf(Campaign campaign, AnnotatorState state, bool isAhead)
    {
        var (now, lease) = (time.GetUtcNow(), campaign.Settings.Lease);
        return isAhead ? state.HeldAt(now).Select(h => h.Until).DefaultIfEmpty(now + lease).Max() + lease * AheadShare : now + lease;
    }

    private async Task<TaskView> ViewAsync(Campaign campaign, AnnotatorId annotator, HeldTask held, CancellationToken cancellation)
    {
        var served = await annotators.FindServedAsync(campaign.Id, annotator, held.Task.Comparison, cancellation)
            ?? await annotators.MarkServedAsync(campaign.Id, annotator, await ServingAsync(campaign, annotator, held.Task, cancellation), cancellation);
        return await ViewAsync(campaign, served, held.Until, cancellation);
    }

    private async Task<Served> ServingAsync(Campaign campaign, AnnotatorId annotator, TaskKey task, CancellationToken cancellation) =>
        new(task, await ShownAsync(campaign.Id, annotator, task, cancellation), time.GetUtcNow());

    /// <summary>A repeat shows the answers the other way round.</summary>
    private async Task<IReadOnlyList<string>> ShownAsync(CampaignId campaign, AnnotatorId annotator, TaskKey task, CancellationToken cancellation)
    {
        if (task.Check == ComparisonKind.Repeat && await repeats.FindOriginalAsync(campaign, task, cancellation) is { } original
            && await annotators.FindServedAsync(campaign, annotator, original.Comparison, cancellation) is { } before) return [.. before.ShownOrder.Reverse()];
        return ShownOrder.For(await comparisons.GetAsync(campaign, task.Batch, task.Comparison, cancellation), annotator);
    }

    private NextResponse Nothing(ScanCursor cursor, ProgressView progress)
    {
        if (!cursor.IsLapDone) return new(NextStatus.Wait, progress, RetryAfterSeconds: 1, Reason: "Looking for a comparison that you have not judged yet.");
        if (cursor.OthersUntil is { } until)
            return new(NextStatus.Wait, progress, RetryAfterSeconds: SecondsTo(until), Reason: "All open comparisons are with other annotators just now.");
        if (cursor.Seen > 0 && !cursor.Reachable)
            return new(NextStatus.Exhausted, progress, RetryAfterSeconds: (int)LongestWait.TotalSeconds, Reason: "Every annotator has judged what is left. The owner can invite another one, lower the overlap or close the campaign.");
        return NothingLeft(progress);
    }

    private static NextResponse NothingLeft(ProgressView progress) =>
        new(NextStatus.Done, progress, RetryAfterSeconds: (int)NothingOpenWait.TotalSeconds, Reason: "You have judged all that is open for you. More may come.");

    private async Task NoteSeenAsync(CampaignId campaign, Invite invite, CancellationToken cancellation)
    {
        if (invite.SeenAt is not null) return;
        await invites.NoteSeenAsync(campaign, invite, cancellation);
        overlaps.Forget(campaign);
    }

    private async Task<bool> AreMoreBeingWrittenAsync(CampaignId campaign, CancellationToken cancellation) =>
        (await batches.ListAsync(campaign, cancellation)).Any(b => b.State is BatchState.Planned or BatchState.Generating);

    private int SecondsTo(DateTimeOffset until) =>
        (int)Math.Ceiling(Math.Clamp((until - time.GetUtcNow()).TotalSeconds, 1, LongestWait.TotalSeconds));

    private async Task<IReadOnlyCollection<Invite>> OthersAsync(Campaign campaign, AnnotatorId annotator, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return [.. (await invites.ListAsync(campaign.Id, cancellation)).Where(i => i.IsAsked(now) && !i.IsReviewer && i.Annotator != annotator && !campaign.ExcludedAnnotators.Contains(i.Annotator))];
    }

    private async Task<ProgressView> ProgressAsync(CampaignId campaign, AnnotatorState state, CancellationToken cancellation) =>
        View(state, await board.GetAsync(campaign, cancellation));

    private ProgressView View(AnnotatorState state, BatchCounts counts) =>
        new(state.Judged, counts.Comparisons - counts.Open, counts.Comparisons, state.JudgedOn(time.GetUtcNow()));

    private static NextResponse Task(Campaign campaign, ProgressView progress, TaskView task) =>
        new(NextStatus.Task, progress, task, Form: LabelFormView.Of(campaign.Settings.Form)) { TemplateVersion = campaign.Settings.TemplateVersion };

    /// <summary>People only: nothing else tires. What is in hand will count too.</summary>
    private NextResponse? AtCap(Campaign campaign, Invite invite, AnnotatorState state, ProgressView progress)
    {
        var now = time.GetUtcNow();
        if (invite.Kind != AnnotatorKind.Person || campaign.Settings.Form.DailyCap is not { } cap || state.JudgedOn(now) + state.HeldAt(now).Count() < cap) return null;
        var tomorrow = now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
        return new(NextStatus.CapReached, progress, RetryAfterSeconds: (int)Math.Ceiling((tomorrow < CapWait ? tomorrow : CapWait).TotalSeconds),
            Reason: $"In this campaign one person judges at most {cap} a day, so that each gets fresh eyes. There will be more after midnight UTC.");
    }

    private static NextResponse? NotServing(Campaign campaign, ProgressView progress) => campaign.State switch
    {
        CampaignState.Active => null,
        CampaignState.Paused => new(NextStatus.Paused, progress, RetryAfterSeconds: 15, Reason: campaign.Reason ?? "The owner has paused this campaign."),
        CampaignState.Cancelled => new(NextStatus.Ended, progress, Reason: campaign.Reason ?? "The owner has cancelled this campaign."),
        _ => new(NextStatus.Ended, progress, Reason: "This campaign is complete. Thank you."),
    };

    /// <summary>What the caller has on the screen.</summary>
    /// <param name="Begun">It was fetched ahead, and its lease begins now.</param>
    /// <param name="IsAhead">The next one is fetched ahead of it.</param>
    private sealed record Screen(HeldTask? Begun, bool IsAhead)
    {
        public AnnotatorState Apply(AnnotatorState state) => Begun is null ? state : state.Showing(Begun);
    }
}
