using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Judging.Llm;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Serving;
using Rlhf.Prompts;
using Rlhf.Web.Contracts;

namespace Rlhf.Orchestrations;

public sealed record HandInVotesInput(CampaignId Campaign);

public sealed record HandInVotesResult(int HandedIn, bool MayBeMore);

/// <summary>Where a campaign trains on rankings of kind llm, the judge is an annotator like any other: it is served what is open and hands in what it said. Anywhere else its votes stay votes.</summary>
public sealed class HandInVotes(CampaignStore campaigns, ComparisonStore comparisons, LlmVotes votes, LlmJudge judging, BatchStore batches, InviteService invites, TaskServer server, RankingService rankings)
    : Activity<HandInVotesInput, HandInVotesResult>
{
    public static readonly AnnotatorId Annotator = new("llm-judge");

    /// <summary>Rankings in one call.</summary>
    private const int Most = 50;

    private static readonly TimeSpan validFor = TimeSpan.FromDays(30);

    public override async Task<HandInVotesResult> RunAsync(HandInVotesInput input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        if (!campaign.Settings.TrainOn.Contains(AnnotatorKind.Llm) || campaign.Settings.LlmJudge is not { } judge) return new(0, false);
        var (invite, _) = await invites.CreateAsync(input.Campaign, AnnotatorKind.Llm, judge.Name, validFor, Annotator, cancellation: cancellation);
        var known = await ReadVotesAsync(campaign, cancellation);
        for (var handedIn = 0; handedIn < Most; handedIn++)
        {
            var next = await server.NextAsync(input.Campaign, invite, [], cancellation);
            if (next.Task is not { } task) return new(handedIn, false);
            var tiers = known.TryGetValue(task.Comparison, out var vote) ? await PlacesOfAsync(campaign, vote, cancellation) : await AskAsync(campaign, task, cancellation);
            if (tiers is null) return new(handedIn, false);
            var shown = task.Answers.Select(a => a.Id).ToList();
            var request = tiers.Count > 0 ? new RankingRequest(RankingOutcome.Ranked, tiers, shown, GuidelinesVersion: task.Guidelines) : new RankingRequest(RankingOutcome.Skip, [], shown);
            await rankings.SubmitAsync(input.Campaign, invite, task.Comparison, request, cancellation);
        }
        return new(Most, true);
    }

    private async Task<Dictionary<ComparisonId, LlmVote>> ReadVotesAsync(Campaign campaign, CancellationToken cancellation)
    {
        var known = new Dictionary<ComparisonId, LlmVote>();
        await foreach (var batch in batches.StreamAsync(campaign.Id, cancellation))
            if (!batch.HasEnded) await foreach (var vote in votes.ReadBatchAsync(batch.Id, cancellation).Where(v => v.IsOf(campaign.Settings.LlmJudge))) known[vote.Comparison] = vote;
        return known;
    }

    /// <summary>Its tiers, by the places at which it was served; none where its word could not be read.</summary>
    private async Task<IReadOnlyList<IReadOnlyList<string>>> PlacesOfAsync(Campaign campaign, LlmVote vote, CancellationToken cancellation)
    {
        if (!vote.IsReadable) return [];
        var order = ShownOrder.For(await comparisons.GetAsync(campaign.Id, vote.Batch, vote.Comparison, cancellation), Annotator);
        return [.. vote.Tiers().Select(tier => (IReadOnlyList<string>)[.. tier.Select(id => ShownOrder.PlaceOf(order, id))])];
    }

    /// <summary>What was published meanwhile, and what only the one who is served it may see.</summary>
    /// <returns>Null where it gives no answer now.</returns>
    private async Task<IReadOnlyList<IReadOnlyList<string>>?> AskAsync(Campaign campaign, TaskView task, CancellationToken cancellation)
    {
        var answers = task.Answers.Select(a => new Answer(a.Id, a.Text, "", FinishReason.Stop, 0)).ToList();
        var prompt = new Prompt(PromptHash.IdOf(task.Messages), task.Messages, Split.Train);
        var asked = new Comparison(task.Comparison, new("served"), prompt, answers, ComparisonKind.Ordinary, campaign.Round, 1);
        return (await judging.AskAsync(campaign, [asked], cancellation)) is [{ } vote] ? vote.IsReadable ? vote.Tiers() : [] : null;
    }
}
