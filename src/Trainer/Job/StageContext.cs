using Rlhf.Generation.Tokenization;
using Rlhf.Storage;
using Rlhf.Trainer.Data;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>What a stage works with.</summary>
/// <param name="Blobs">Checks the lease at every write.</param>
/// <param name="Policy">Where the policy stands when the stage begins: the job's, or what the stage before made.</param>
/// <param name="Abort">The lease is lost or storage has failed: stop without a checkpoint.</param>
internal sealed record StageContext(
    TrainingJob Job, IBlobStore Blobs, JobModels Models, string Policy, ITrainingProgress Progress, JobReporter Reporter, RunResults Results, CancellationToken Abort)
{
    public string RewardModelPrefix => $"{Job.Output}/reward-model";

    public string ModelPrefix => $"{Job.Output}/model";

    /// <summary>Where a stage leaves the policy it made.</summary>
    public string PolicyPrefix(TrainingStage stage) => $"{Job.Output}/checkpoints/policy-{stage.ToString().ToLowerInvariant()}";

    public Task<string> PolicyFolderAsync() => Models.FolderAsync(Policy, Abort);

    public async Task<ChatTokenizer> TokenizerAsync() => ChatTokenizer.Load(await PolicyFolderAsync());

    /// <summary>Prompts of a blob as tokens, with room for an answer within the job's and the model's length.</summary>
    public async Task<IReadOnlyList<int[]>> PromptsAsync(string path, ChatTokenizer tokenizer, int contextLength)
    {
        var room = Math.Min(Job.Settings.MaximumLength, contextLength) - Job.Settings.Ppo.MaximumAnswerTokens;
        return PromptEncoder.Encode(await Data.JsonLines.ReadAsync<DatasetPrompt>(Blobs, path, Abort), tokenizer, room);
    }

    /// <summary>Final figures that no step has: into the curves too, so that they are where people look.</summary>
    public void Measured(TrainingStage stage, int step, params (string Name, double? Value)[] values) =>
        Reporter.Add(stage, step, values.Where(value => value.Value is not null).ToDictionary(value => value.Name, value => value.Value!.Value));
}
