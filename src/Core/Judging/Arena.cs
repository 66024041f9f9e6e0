using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Prompts;
using Rlhf.Training;
using Rlhf.Web.Contracts;

namespace Rlhf.Judging;

/// <summary>Has the base and the tuned model answer the same message, for somebody to look at. Nothing is kept.</summary>
public sealed class Arena(CampaignStore campaigns, RunStore runs, IGeneratorFactory generators)
{
    public const int MaximumMessage = 4_000;

    /// <exception cref="RlhfException"><c>invalid-message</c>, <c>run-not-found</c> or <c>no-tuned-model</c>.</exception>
    public async Task<ArenaResponse> AnswerAsync(RunId id, ArenaRequest request, CancellationToken cancellation = default)
    {
        if (string.IsNullOrWhiteSpace(request.Message) || request.Message.Length > MaximumMessage)
            throw new RlhfException("invalid-message", $"A message of {request.Message?.Length ?? 0} characters can't be answered.", $"Type 1 to {MaximumMessage} characters.");
        var run = await runs.GetAsync(id, cancellation);
        var settings = (await campaigns.GetAsync(run.Campaign, cancellation)).Settings;
        if (run.Results?.Model is not { } tuned || settings.Policy is not { } policy)
            throw new RlhfException("no-tuned-model", $"Run '{id}' has no tuned model ({run.State}).", "Wait until the run has succeeded.", 409);
        var seed = request.Seed ?? Random.Shared.NextInt64(int.MaxValue);
        return new(await AskAsync("base", policy, settings, request.Message, seed, cancellation), await AskAsync("tuned", tuned, settings, request.Message, seed, cancellation), seed);
    }

    private async Task<ArenaAnswer> AskAsync(string name, string model, CampaignSettings settings, string message, long seed, CancellationToken cancellation)
    {
        var sampling = EvaluationStore.SamplingOf(settings);
        var generation = PolicyName.GeneratorOf(settings, name, model) with { Sampling = sampling };
        var generator = await generators.OpenAsync(generation, cancellation);
        if (await generators.PlaceAsync(generation, cancellation) == GeneratorPlace.Job)
            throw new RlhfException("answers-need-a-job", $"The model '{model}' is too large to answer here: it answers in jobs that take minutes.",
                "Look at the run's examples, or put the model behind an OpenAI-compatible endpoint.", 409);
        var outcomes = await generator.GenerateAsync([new([new Message(MessageRole.User, message)], seed)], sampling, cancellation);
        return new(outcomes[0].Text, outcomes[0].FinishReason == FinishReason.Length, outcomes[0].Failure?.Message);
    }
}
