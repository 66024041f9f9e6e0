using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Orchestrations;

/// <param name="IsOpen">Whether people have yet to judge.</param>
public sealed record JudgeModelsResult(bool IsOpen);

/// <summary>The campaign's judge on the tuned policy against the others, the reward model's accuracy on test comparisons, and the figures beside them.</summary>
public sealed class JudgeModels(
    IBlobStore blobs, CampaignStore campaigns, RunStore runs, EvaluationStore evaluations, PeopleJudge people, IOrchestrationClient orchestrations)
    : Activity<RunStep, JudgeModelsResult>
{
    public override async Task<JudgeModelsResult> RunAsync(RunStep input, CancellationToken cancellation)
    {
        var settings = (await campaigns.GetAsync(input.Campaign, cancellation)).Settings;
        var run = await MeasureRewardModelAsync(await runs.GetAsync(input.Run, cancellation), settings, cancellation);
        if (run.Results?.Model is null) return new(IsOpen: false);
        var answers = new Dictionary<string, IReadOnlyDictionary<PromptId, EvaluationAnswer>>();
        foreach (var contender in await evaluations.ListContendersAsync(run, settings.Judge, cancellation)) answers[contender] = await evaluations.ReadAsync(run.Id, contender, cancellation);
        await blobs.WriteJsonAsync(RunPaths.Evaluation(run.Id), EvaluationSummaries.Of(answers, RuleOf(settings)), cancellation: cancellation);

        if (settings.Judge == JudgeKind.People) return new(await AskPeopleAsync(run, settings, answers[Contenders.Base], answers[Contenders.Tuned], cancellation));
        var verdicts = RuleOf(settings) is { } rule
            ? RuleJudge.Judge(answers, rule, settings.Seed)
            : [Verdicts.None(Contenders.Tuned, Contenders.Base, "no judge")];
        await runs.UpdateAsync(run.Id, r => r with { Verdicts = verdicts }, cancellation);
        return new(IsOpen: false);
    }

    private async Task<bool> AskPeopleAsync(
        Run run, CampaignSettings settings, IReadOnlyDictionary<PromptId, EvaluationAnswer> baseline, IReadOnlyDictionary<PromptId, EvaluationAnswer> tuned, CancellationToken cancellation)
    {
        var count = await people.OpenAsync(run, settings, baseline, tuned, cancellation);
        var note = count == 0 ? Verdicts.NotEnough : $"waiting for people to judge {count} comparisons";
        await runs.UpdateAsync(run.Id, r => r.Verdicts.Count > 0 ? r : r with { Verdicts = [new(Contenders.Tuned, Contenders.Base, JudgeKind.People, 0, 0, 0, 0, null, null, null, note)] }, cancellation);
        if (count == 0) return false;
        var batch = PeopleJudge.BatchOf(run.Id);
        await orchestrations.TryScheduleAsync(nameof(LabelBatch), new LabelBatchInput(run.Campaign, batch), batch.Value, cancellation);
        return true;
    }

    private async Task<Run> MeasureRewardModelAsync(Run run, CampaignSettings settings, CancellationToken cancellation)
    {
        var comparisons = await JsonLines.ReadAsync<TestComparison>(blobs, RunPaths.TestComparisons(run.Id), cancellation).ToListAsync(cancellation);
        var scored = await JsonLines.ReadAsync<ScoredComparison>(blobs, RunPaths.TestScores(run.Id), cancellation).ToListAsync(cancellation);
        if (scored.Count == 0) return run;
        var pairs = await JsonLines.ReadAsync<PreferencePair>(blobs, RunPaths.Pairs(run.Id), cancellation).Where(p => p.Split == Split.Test).ToListAsync(cancellation);
        var labels = RewardAccuracy.AgainstLabels(comparisons, scored, pairs, settings.Seed);
        var rule = RuleOf(settings) is { } score ? RewardAccuracy.AgainstRule(comparisons, scored, score, settings.Seed) : null;
        return await runs.UpdateAsync(run.Id, r => r with { LabelAccuracy = labels, RuleAccuracy = rule }, cancellation);
    }

    private static Func<IReadOnlyList<Message>, string, double>? RuleOf(CampaignSettings settings) => settings.Judge == JudgeKind.Rule ? SupportRule.Score : null;
}
