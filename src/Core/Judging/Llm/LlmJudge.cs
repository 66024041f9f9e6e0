using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling;

namespace Rlhf.Judging.Llm;

/// <summary>Has a campaign's judge look at comparisons: any generator, an endpoint's chat model as a rule.</summary>
public sealed class LlmJudge(IGeneratorFactory generators, TimeProvider time)
{
    /// <exception cref="RlhfException"><c>no-llm-judge</c>, or nothing works: the model is missing, a key refused.</exception>
    public async Task<IReadOnlyList<LlmVote>> AskAsync(Campaign campaign, IReadOnlyList<Comparison> comparisons, CancellationToken cancellation = default)
    {
        var judge = campaign.Settings.LlmJudge ?? throw Missing(campaign.Id);
        var asked = comparisons.SelectMany(c => OrdersOf(c).Select(order => (Comparison: c, order.First, order.Second))).ToList();
        var requests = asked.Select(a => new GenerationRequest(LlmQuestion.For(campaign.Settings.Guidelines, a.Comparison.Prompt.Messages, a.First.Text, a.Second.Text, campaign.Settings.Seed), campaign.Settings.Seed)).ToList();
        // Without chance: the same comparison gets the same verdict as far as the endpoint can promise it.
        var outcomes = await (await generators.OpenAsync(judge, cancellation)).GenerateAsync(requests, judge.Sampling with { Temperature = 0 }, cancellation);
        var verdicts = asked.Zip(outcomes, (a, o) => (a.Comparison.Id, Verdict: new LlmVerdict(a.First.Id, a.Second.Id, LlmQuestion.Read(o.Text)), o.CompletionTokens, Failed: o.Failure?.IsTransient == true)).ToLookup(v => v.Id);
        // One that only failed for now is asked again the next time.
        return [.. comparisons.Where(c => !verdicts[c.Id].Any(v => v.Failed)).Select(c => new LlmVote(
            c.Id, c.Batch, judge.Name, [.. verdicts[c.Id].Select(v => v.Verdict)], time.GetUtcNow(), verdicts[c.Id].Sum(v => (long)v.CompletionTokens)) { Model = judge.Model })];
    }

    public static RlhfException Missing(CampaignId campaign) => new("no-llm-judge", $"The campaign '{campaign}' names no language model as judge.", "Name one in its settings (llmJudge: name, kind, model, endpoint).", 409);

    /// <summary>Each two answers, both ways.</summary>
    private static IEnumerable<(Answer First, Answer Second)> OrdersOf(Comparison comparison) =>
        from first in comparison.Answers from second in comparison.Answers where first.Id != second.Id select (first, second);
}
