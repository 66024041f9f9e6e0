using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Prompts;
using Rlhf.Training;

namespace Rlhf.Judging;

/// <summary>People judge two models blind, through the form: a test batch of comparisons, the base's answer beside the tuned one's.</summary>
public sealed class PeopleJudge(
    CampaignStore campaigns, BatchStore batches, RunStore runs, ComparisonStore comparisons, RankingStore rankings, EvaluationStore evaluations,
    TimeProvider time)
{
    public static BatchId BatchOf(RunId run) => BatchId.From($"{run}-test");

    /// <summary>Opens the test batch. Idempotent.</summary>
    /// <returns>How many comparisons it has: prompts where both answered, and differently.</returns>
    public async Task<int> OpenAsync(
        Run run, CampaignSettings settings, IReadOnlyDictionary<PromptId, EvaluationAnswer> baseline, IReadOnlyDictionary<PromptId, EvaluationAnswer> tuned,
        CancellationToken cancellation = default)
    {
        var id = BatchOf(run.Id);
        var answered = RuleJudge.Both(tuned, baseline).Where(p => p.Contender.Text != p.Baseline.Text).Select(p => ToAnswered(p.Baseline, p.Contender));
        var made = ComparisonMaker.Of(id, answered, ComparisonKind.Test, run.Round, settings);
        if (made.Count == 0) return 0;
        var now = time.GetUtcNow();
        var batch = new Batch(id, run.Campaign, run.Round, ComparisonKind.Test, BatchState.Open, [], new(), now, run.Id, made.Count);
        await batches.CreateAsync(PauseClock.Open(batch, await campaigns.GetAsync(run.Campaign, cancellation), now), cancellation);
        await comparisons.PublishAsync(run.Campaign, id, made, cancellation);
        await runs.UpdateAsync(run.Id, r => r with { TestBatch = id }, cancellation);
        await campaigns.UpdateAsync(run.Campaign, c => CampaignTransitions.Allows(c.State, CampaignOperation.Judge) ? CampaignTransitions.Apply(c, CampaignOperation.Judge) : c, cancellation);
        return made.Count;
    }

    /// <summary>Counts the test batch's rankings into the run's verdict. Only people's count, whatever else ranked, and nobody's who was left out; the same answer from both is a tie that nobody is asked about.</summary>
    public async Task<Verdict> JudgeAsync(Batch batch, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(batch.Campaign, cancellation);
        var ranked = (await rankings.ReadBatchAsync(batch.Id, cancellation))
            .Where(r => r is { Extra: false, AnnotatorKind: AnnotatorKind.Person } && r.Outcome != RankingOutcome.Skip && !campaign.ExcludedAnnotators.Contains(r.Annotator)).ToLookup(r => r.Comparison);
        var published = await comparisons.ReadBatchAsync(batch.Campaign, batch.Id, cancellation);
        var votes = published.Select(c => (IReadOnlyList<double>)[.. Majority.Deciding([.. ranked[c.Id]]).Select(r => VoteOf(r, c))]).Where(v => v.Count > 0).ToList();
        if (votes.Count > 0) votes.AddRange(Enumerable.Repeat<IReadOnlyList<double>>([0.5], await CountSameAsync(batch.Run!.Value, cancellation)));
        var verdict = Verdicts.Of(Contenders.Tuned, Contenders.Base, JudgeKind.People, votes, campaign.Settings.Seed);
        await runs.UpdateAsync(batch.Run!.Value, r => r with { Verdicts = [verdict] }, cancellation);
        return verdict;
    }

    private async Task<int> CountSameAsync(RunId run, CancellationToken cancellation) => RuleJudge.Both(
        await evaluations.ReadAsync(run, Contenders.Tuned, cancellation), await evaluations.ReadAsync(run, Contenders.Base, cancellation)).Count(p => p.Contender.Text == p.Baseline.Text);

    private static double VoteOf(Ranking ranking, Comparison comparison)
    {
        if (ranking.Outcome == RankingOutcome.BothBad) return 0.5;
        return Verdicts.Vote(-TierOf(ranking, comparison, Contenders.Tuned), -TierOf(ranking, comparison, Contenders.Base));
    }

    /// <summary>0 is the best tier; an answer that was left out is behind all.</summary>
    private static int TierOf(Ranking ranking, Comparison comparison, string contender)
    {
        var answer = comparison.Answers.First(a => a.Generator == contender).Id;
        var tier = ranking.Tiers.ToList().FindIndex(t => t.Contains(answer));
        return tier < 0 ? ranking.Tiers.Count : tier;
    }

    private static AnsweredPrompt ToAnswered(EvaluationAnswer baseline, EvaluationAnswer tuned) => new(
        new(baseline.Prompt, baseline.Messages, Split.Test),
        [
            new("a", baseline.Text!, Contenders.Base, baseline.FinishReason, baseline.Seed),
            new("b", tuned.Text!, Contenders.Tuned, tuned.FinishReason, tuned.Seed),
        ]);
}
