using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Web.Contracts;

/// <summary>Answer to <c>GET /api/campaigns/{campaign}/next</c>.</summary>
/// <param name="RetryAfterSeconds">When asking again makes sense; null where it never does.</param>
/// <param name="Reason">For a person.</param>
/// <param name="Task">With <see cref="NextStatus.Task"/> only.</param>
/// <param name="Form">How it is judged; with a task only.</param>
public sealed record NextResponse(
    NextStatus Status, ProgressView Progress, TaskView? Task = null, int? RetryAfterSeconds = null, string? Reason = null, LabelFormView? Form = null)
{
    /// <summary>With a task: as <see cref="GuidelinesResponse.TemplateVersion"/>; another one than the page has says that it has to read it anew.</summary>
    public string? TemplateVersion { get; init; }
}

public enum NextStatus
{
    Task,

    /// <summary>All that is open is with others just now.</summary>
    Wait,

    /// <summary>Nothing is open for this annotator; more may come.</summary>
    Done,

    Paused,

    /// <summary>Cancelled or completed.</summary>
    Ended,

    /// <summary>Comparisons are open, but every annotator invited has judged them.</summary>
    Exhausted,

    /// <summary>This annotator has made as many judgements today as one may.</summary>
    CapReached,
}

/// <summary>What an annotator sees of a comparison: nothing that tells where an answer comes from.</summary>
/// <param name="Answers">In the order shown, left to right; ids say the place (<c>1</c>, <c>2</c>…).</param>
/// <param name="Guidelines">Version; the text is at <c>/guidelines</c>.</param>
public sealed record TaskView(
    ComparisonId Comparison, IReadOnlyList<Message> Messages, IReadOnlyList<AnswerView> Answers, DateTimeOffset LeaseUntil, int Guidelines)
{
    /// <summary>Judged before the first real task, with feedback; it counts for nothing else.</summary>
    public bool Practice { get; init; }
}

/// <param name="CutOff">The answer stopped at a length limit.</param>
public sealed record AnswerView(string Id, string Text, bool CutOff);

/// <param name="Mine">This annotator's own judgements, skips included.</param>
/// <param name="Done">Comparisons of the campaign that need nobody any more.</param>
/// <param name="Today">This annotator's own of this day (UTC).</param>
public sealed record ProgressView(int Mine, int Done, int Total, int Today = 0);

/// <summary>Body of <c>POST /api/campaigns/{campaign}/tasks/{comparison}/ranking</c>.</summary>
/// <param name="Tiers">Ranked only: from best to worst, ids as served; answers of one tier are tied.</param>
/// <param name="ShownOrder">Ids as they were on the screen; as served where null.</param>
/// <param name="Strength">Two answers only: 1 is slightly, up to half of the form's scale; with a scale of 2 it says nothing and may be left out.</param>
/// <param name="ActiveSeconds">Time the page was visible and the person active.</param>
/// <param name="Amends">The revision this one takes the place of.</param>
public sealed record RankingRequest(
    RankingOutcome Outcome, IReadOnlyList<IReadOnlyList<string>>? Tiers = null, IReadOnlyList<string>? ShownOrder = null,
    int? Strength = null, double? ActiveSeconds = null, string? Comment = null, string? BetterAnswer = null,
    int? GuidelinesVersion = null, int? Amends = null)
{
    /// <summary>What a label template asked beside the ranking.</summary>
    public IReadOnlyList<RankingField>? Fields { get; init; }
}

/// <param name="Extra">Kept, but it does not count: the comparison was complete or the campaign had ended.</param>
/// <param name="Unchanged">The same ranking was there already.</param>
public sealed record RankingResponse(int Revision, bool Extra, bool Unchanged)
{
    /// <summary>After practice only.</summary>
    public PracticeFeedback? Feedback { get; init; }
}

/// <summary>What was expected of a practice comparison.</summary>
/// <param name="Tiers">Ids as served, from best to worst.</param>
/// <param name="Explanation">Why, in the owner's words.</param>
public sealed record PracticeFeedback(bool IsRight, RankingOutcome Outcome, IReadOnlyList<IReadOnlyList<string>> Tiers, string? Explanation);

/// <summary>Answer to <c>POST /api/campaigns/{campaign}/tasks/{comparison}/lease</c>.</summary>
/// <param name="Held">False: it was given to somebody else, or needs nobody any more. A ranking of it is taken all the same; it is extra where it is not needed.</param>
/// <param name="LeaseSeconds">How long a task stays without a sign of its reader.</param>
public sealed record LeaseResponse(bool Held, double LeaseSeconds);

/// <summary>One of the annotator's own rankings with its task, newest first.</summary>
public sealed record MineResponse(IReadOnlyList<MineItem> Rankings);

public sealed record MineItem(
    TaskView Task, RankingOutcome Outcome, IReadOnlyList<IReadOnlyList<string>> Tiers, int Revision, bool Extra, DateTimeOffset SubmittedAt,
    int? Strength = null, string? Comment = null, string? BetterAnswer = null)
{
    public IReadOnlyList<RankingField>? Fields { get; init; }
}

/// <summary>What the form shows around the tasks.</summary>
public sealed record GuidelinesResponse(
    CampaignId Campaign, string Title, string Guidelines, int Version, int Answers, AnnotatorId Annotator, AnnotatorKind Kind, string? Name, LabelFormView Form)
{
    /// <summary>Label Studio's editor shows the tasks; null where the form does.</summary>
    public LabelTemplateView? Template { get; init; }

    public string? TemplateVersion { get; init; }

    /// <summary>As <see cref="LeaseResponse"/> has it.</summary>
    public double LeaseSeconds { get; init; }
}

/// <summary>How the campaign has its comparisons judged.</summary>
/// <param name="Scale">Two answers: 2, 4 or 7 points.</param>
/// <param name="ManyAnswers">Three and more.</param>
/// <param name="BreakAfterMinutes">Active time after which a break is proposed; null is never.</param>
/// <param name="DailyCap">Judgements a day (UTC), for people; null is no bound.</param>
public sealed record LabelFormView(int Scale, ManyAnswersMode ManyAnswers, bool Comments, bool BetterAnswers, double? BreakAfterMinutes, int? DailyCap)
{
    public static LabelFormView Of(LabelFormSettings form) =>
        new(form.Scale, form.ManyAnswers, form.Comments, form.BetterAnswers, form.BreakAfter?.TotalMinutes, form.DailyCap);
}

/// <summary>Body of <c>POST /api/campaigns/{campaign}/invites</c>.</summary>
/// <param name="Name">For the owner's list only, e.g. a first name.</param>
/// <param name="Kind">The kind is fixed here and stands on every ranking.</param>
/// <param name="ValidDays">1..365.</param>
/// <param name="Annotator">An id of the owner's choosing; made up where null.</param>
public sealed record InviteRequest(string? Name = null, AnnotatorKind Kind = AnnotatorKind.Person, int ValidDays = 30, AnnotatorId? Annotator = null)
{
    /// <summary>Decides what annotators disagree about, instead of ranking with them; a person.</summary>
    public bool Reviewer { get; init; }
}

/// <param name="Token">Sent as header <c>X-Rlhf-Invite</c>; shown once, it is not kept.</param>
/// <param name="Link">Address of the form with the token in its fragment, so that no log holds it.</param>
public sealed record InviteResponse(AnnotatorId Annotator, AnnotatorKind Kind, string Token, string Link, DateTimeOffset ExpiresAt);

public sealed record InviteView(AnnotatorId Annotator, AnnotatorKind Kind, string? Name, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, InviteState State)
{
    public bool Reviewer { get; init; }
}

public enum InviteState { Active, Expired, Revoked }

public sealed record InviteListResponse(IReadOnlyList<InviteView> Invites);
