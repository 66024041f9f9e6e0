using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Training;

namespace Rlhf.Generation.Jobs;

/// <summary>One job that answers: named by everything that decides the answers, so that asking the same again finds it.</summary>
internal sealed record AnswerJob(RunId Id, string Model, IReadOnlyList<AskedPrompt> Prompts, SamplingSettings Sampling)
{
    private const string IdPrefix = "answers-";

    public string PromptsPath => $"{RunPaths.Root(Id)}/prompts.jsonl";

    public string AnswersPath => $"{RunPaths.Root(Id)}/answers.jsonl";

    public static AnswerJob Of(string model, IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling)
    {
        var prompts = requests.Select((r, i) => new AskedPrompt(PromptId.From($"line-{i}"), r.Messages, r.Seed)).ToList();
        var all = JsonSerializer.Serialize(new { model, sampling, prompts }, RlhfJson.Options);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)));
        return new(RunId.From(IdPrefix + hash[..40]), model, prompts, sampling);
    }

    /// <summary>A job of the stage <c>generate</c> alone: what the other stages would read is not there.</summary>
    public TrainingJob ToContract() => new(
        Id, Model, Pairs: "", RolloutPrompts: "", ValidationPrompts: "", TestPrompts: "", [TrainingStage.Generate], new TrainingSettings(), Seed: 1, RunPaths.Root(Id),
        Generate: new(PromptsPath, AnswersPath, Sampling));
}
