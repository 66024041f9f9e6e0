using Microsoft.Extensions.Logging;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Serving;
using Rlhf.LabelStudio.Files;
using Rlhf.LabelStudio.Results;

namespace Rlhf.LabelStudio.Server;

/// <summary>What became of a message about an annotation.</summary>
public enum IntakeOutcome
{
    Taken,

    /// <summary>Known already, or an annotation of the same annotator that is newer counts.</summary>
    Unchanged,

    /// <summary>Older than what is known: it came late.</summary>
    Late,

    /// <summary>It is about no task of ours.</summary>
    NotOurs,

    /// <summary>It can't be understood; the log says why.</summary>
    Unreadable,
}

/// <summary>Annotations from a Label Studio server to rankings: the same one any number of times, in any order, comes to the same.</summary>
public sealed partial class AnnotationIntake(
    StudioStore store, CampaignStore campaigns, AnnotatorStore annotators, RankingStore rankings, RankingService service, TimeProvider time, ILogger<AnnotationIntake> logger)
{
    private const int Turns = 64;

    // One message about a comparison at a time in a process: two about one annotation would race for its ranking. Comparisons share turns, so that their number does not grow.
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, Turns).Select(_ => new SemaphoreSlim(1))];

    /// <param name="shown">The task that was annotated, where it may be another one than was sent to the server: its answers stand in an order of its own.</param>
    internal async Task<IntakeOutcome> TakeAsync(CampaignId campaign, ComparisonId comparison, AnnotationMessage message, CancellationToken cancellation, StudioTask? shown = null)
    {
        using var turn = await TurnAsync(comparison, cancellation);
        if (await store.FindTaskAsync(campaign, comparison, cancellation) is not { } task) return IntakeOutcome.NotOurs;
        if (AnnotationReader.IsUntouched(message.Result, new((shown ?? task).Order.Count, null, (shown ?? task).Left))) return IntakeOutcome.Unchanged;
        if (task.Find(message.Id) is { } known && (known.IsDeleted || known.UpdatedAt > message.UpdatedAt)) return IntakeOutcome.Late;
        // Before the ranking: whoever deletes the annotation can be sure that it is found.
        if (!await store.NoteAnnotationAsync(campaign, message.Id, comparison, cancellation)) return IntakeOutcome.Late;
        task = await store.ChangeTaskAsync(campaign, comparison, t => t.With(new(message.Id, message.Annotator, message.UpdatedAt)), cancellation) ?? task;
        if (task.Current(message.Annotator)?.Id != message.Id) return IntakeOutcome.Unchanged;
        return await SubmitAsync(campaign, shown ?? task, message, cancellation);
    }

    /// <summary>Takes back what an annotation said, and whatever is still to be heard of it.</summary>
    internal async Task<IntakeOutcome> DeleteAsync(CampaignId campaign, long annotation, CancellationToken cancellation)
    {
        if (await store.NoteDeletedAsync(campaign, annotation, cancellation) is not { } comparison) return IntakeOutcome.NotOurs;
        using var turn = await TurnAsync(comparison, cancellation);
        if (await store.FindTaskAsync(campaign, comparison, cancellation) is not { } task || task.Find(annotation) is not { } known) return IntakeOutcome.NotOurs;
        var wasCurrent = task.Current(known.Annotator)?.Id == annotation;
        task = await store.ChangeTaskAsync(campaign, comparison, t => t.With(known with { IsDeleted = true }), cancellation) ?? task;
        // One deleted before counts as the current one no more; its ranking may still be there after a crash.
        if (!wasCurrent && task.Current(known.Annotator) is not null) return IntakeOutcome.Unchanged;
        return await service.WithdrawAsync(campaign, task.Batch, comparison, known.Annotator, cancellation) ? IntakeOutcome.Taken : IntakeOutcome.Unchanged;
    }

    private async Task<IntakeOutcome> SubmitAsync(CampaignId campaign, StudioTask task, AnnotationMessage message, CancellationToken cancellation)
    {
        var settings = (await campaigns.GetRecentAsync(campaign, cancellation)).Settings;
        try
        {
            var judgement = message.IsCancelled ? StudioJudgement.Skipped() : ResultReader.Read(StudioItem.ReadAll(message.Result), task.Order.Count).WithLeft(task.Left);
            var request = judgement.ToRequest(LabelFormRules.MaximumStrength(settings.Form)) with { ActiveSeconds = message.LeadTime };
            var invite = new Invite(message.Annotator, AnnotatorKind.Person, null, time.GetUtcNow(), DateTimeOffset.MaxValue);
            // The right to submit, with the sides as they were there.
            var served = await annotators.MarkServedAsync(campaign, message.Annotator, new(new(task.Batch, task.Comparison), task.Order, time.GetUtcNow()), cancellation);
            request = request with { Tiers = Placed(request.Tiers, task.Order, served.ShownOrder) };
            return await RankAsync(campaign, invite, task, request, cancellation) ? IntakeOutcome.Taken : IntakeOutcome.Unchanged;
        }
        catch (RlhfException e) when (e.Code is "invalid-result" or "invalid-ranking")
        {
            LogUnreadable(campaign, message.Id, task.Task, e.Message);
            return IntakeOutcome.Unreadable;
        }
    }

    /// <summary>Tiers by the task's numbers as tiers by the places that the annotator was served first, maybe in another task with the sides the other way round.</summary>
    private static IReadOnlyList<IReadOnlyList<string>>? Placed(IReadOnlyList<IReadOnlyList<string>>? tiers, IReadOnlyList<string> order, IReadOnlyList<string> served) =>
        tiers is null ? null : [.. tiers.Select(tier => (IReadOnlyList<string>)[.. tier.Select(number => ShownOrder.PlaceOf(served, ShownOrder.AnswerAt(order, number)!))])];

    /// <returns>Whether it changed anything.</returns>
    private async Task<bool> RankAsync(CampaignId campaign, Invite invite, StudioTask task, Web.Contracts.RankingRequest request, CancellationToken cancellation)
    {
        var existing = (await rankings.FindAsync(task.Batch, task.Comparison, invite.Annotator, cancellation))?.Ranking;
        try
        {
            // As if it were the message that made what is stored: where it was, nothing changes.
            var before = existing?.Revision is { } revision and > 1 ? revision - 1 : (int?)null;
            return !(await service.SubmitAsync(campaign, invite, task.Comparison, request with { Amends = before }, cancellation)).Unchanged;
        }
        catch (RlhfException e) when (existing is not null && e.Code is "already-ranked" or "amend-conflict")
        {
            await service.SubmitAsync(campaign, invite, task.Comparison, request with { Amends = existing!.Revision }, cancellation);
            return true;
        }
    }

    private async Task<Turn> TurnAsync(ComparisonId comparison, CancellationToken cancellation)
    {
        var turn = turns[(uint)comparison.Value.GetHashCode(StringComparison.Ordinal) % Turns];
        await turn.WaitAsync(cancellation);
        return new(turn);
    }

    private readonly record struct Turn(SemaphoreSlim Gate) : IDisposable
    {
        public void Dispose() => Gate.Release();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Campaign}: annotation {Annotation} of Label Studio's task {Task} says nothing that can be read: {Reason}")]
    private partial void LogUnreadable(CampaignId campaign, long annotation, long task, string reason);
}
