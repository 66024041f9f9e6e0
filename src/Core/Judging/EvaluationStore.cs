using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Judging;

/// <summary>The contenders' answers to a run's test prompts.</summary>
public sealed class EvaluationStore(IBlobStore blobs, RunStore runs, IGeneratorFactory generators, PipelineOptions options)
{
    /// <summary>Answer indices of evaluations begin here, so that no seed is one that a comparison was drawn with.</summary>
    private const int FirstIndex = 1_000;

    /// <summary>The test prompts that are judged, in the snapshot's order: people get fewer than a judge that costs nobody's time.</summary>
    public async Task<IReadOnlyList<DatasetPrompt>> ReadPromptsAsync(RunId run, JudgeKind judge, CancellationToken cancellation = default) =>
        await JsonLines.ReadAsync<DatasetPrompt>(blobs, RunPaths.Prompts(run, Split.Test), cancellation)
            .Take(judge == JudgeKind.Rule ? options.RuleTestPrompts : options.PeopleTestPrompts).ToListAsync(cancellation);

    /// <summary>Base and tuned; the policy of the round before too, where its judging costs nobody's time.</summary>
    public async Task<IReadOnlyList<string>> ListContendersAsync(Run run, JudgeKind judge, CancellationToken cancellation = default) =>
        judge == JudgeKind.Rule && await FindPreviousAsync(run, cancellation) is not null
            ? [Contenders.Base, Contenders.Tuned, Contenders.Previous]
            : [Contenders.Base, Contenders.Tuned];

    /// <summary>Has a contender answer one window of the prompts, unless it has.</summary>
    public async Task AnswerAsync(Run run, CampaignSettings settings, string contender, int window, CancellationToken cancellation = default)
    {
        var path = RunPaths.Answers(run.Id, contender, window);
        if (await blobs.FindAsync(path, cancellation) is not null) return;
        var all = await ReadPromptsAsync(run.Id, settings.Judge, cancellation);
        var generation = await SettingsOfAsync(run, settings, contender, cancellation);
        // A job takes minutes to start: it is asked for all of them, and each window takes its own.
        var (from, count) = (window * options.GenerationWindow, options.GenerationWindow);
        var asked = await generators.PlaceAsync(generation, cancellation) == GeneratorPlace.Job ? all : [.. all.Skip(from).Take(count)];
        var answers = await AskAsync(generation, settings, asked, cancellation);
        await JsonLines.WriteAsync(blobs, path, asked == all ? answers.Skip(from).Take(count) : answers, cancellation);
    }

    private async Task<IReadOnlyList<EvaluationAnswer>> AskAsync(
        GeneratorSettings generation, CampaignSettings settings, IReadOnlyList<DatasetPrompt> prompts, CancellationToken cancellation)
    {
        var generator = await generators.OpenAsync(generation, cancellation);
        var requests = prompts.Select(p => new GenerationRequest(p.Messages, AnswerSeeds.Of(settings.Seed, p.PromptId, FirstIndex, 0))).ToList();
        var outcomes = await generator.GenerateAsync(requests, generation.Sampling, cancellation);
        return [.. prompts.Select((p, i) => new EvaluationAnswer(
            p.PromptId, p.Messages, outcomes[i].Text?.Trim(), outcomes[i].FinishReason, requests[i].Seed, outcomes[i].CompletionTokens, outcomes[i].Failure?.Message))];
    }

    /// <summary>All of a contender's answers by prompt.</summary>
    public async Task<IReadOnlyDictionary<PromptId, EvaluationAnswer>> ReadAsync(RunId run, string contender, CancellationToken cancellation = default)
    {
        var answers = new Dictionary<PromptId, EvaluationAnswer>();
        for (var window = 0; await blobs.FindAsync(RunPaths.Answers(run, contender, window), cancellation) is { } blob; window++)
            await foreach (var answer in JsonLines.ReadAsync<EvaluationAnswer>(blobs, blob.Path, cancellation)) answers[answer.Prompt] = answer;
        return answers;
    }

    private async Task<GeneratorSettings> SettingsOfAsync(Run run, CampaignSettings settings, string contender, CancellationToken cancellation)
    {
        var model = contender switch
        {
            Contenders.Base => settings.Policy!,
            Contenders.Tuned => run.Results!.Model!,
            _ => (await FindPreviousAsync(run, cancellation))!.Results!.Model!,
        };
        return PolicyName.GeneratorOf(settings, contender, model) with { Sampling = SamplingOf(settings), Asker = new(run.Campaign, run.Id) };
    }

    private async Task<Run?> FindPreviousAsync(Run run, CancellationToken cancellation) =>
        (await runs.ListAsync(run.Campaign, cancellation)).SkipWhile(r => r.Id != run.Id).Skip(1).FirstOrDefault(r => r.IsTuned);

    /// <summary>All answer as the policy did when it wrote for the campaign; as the training drew where it wrote nothing.</summary>
    internal static SamplingSettings SamplingOf(CampaignSettings settings) =>
        PolicyName.WriterOf(settings)?.Sampling
        ?? new(settings.Training.Ppo.MaximumAnswerTokens, settings.Training.Ppo.Temperature);
}
