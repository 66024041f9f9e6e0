using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Generation.Onnx;
using Rlhf.Json;
using Rlhf.Storage;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Onnx;
using Rlhf.Trainer.Reward;
using Rlhf.Trainer.Safetensors;

namespace Rlhf.Trainer.Job;

/// <summary>Reads and publishes the job's models: Hugging Face layout, each with an ONNX export checked against torch.</summary>
/// <param name="work">Folder of this process's own.</param>
internal sealed class JobModels(IBlobStore blobs, string work)
{
    private const string NormalizationName = "reward_normalization.json";
    private const string HeadName = "score.weight";

    private readonly ModelCache cache = new(blobs, Path.Combine(work, "models"));

    public Task<string> FolderAsync(string reference, CancellationToken cancellation) => cache.GetFolderAsync(reference, cancellation);

    public async Task<Gpt2Model> LoadPolicyAsync(string reference, CancellationToken cancellation) =>
        ModelFolder.Load(await FolderAsync(reference, cancellation));

    /// <exception cref="RlhfException"><c>model-missing</c>, <c>model-damaged</c>.</exception>
    public async Task<RewardModel> LoadRewardAsync(string reference, CancellationToken cancellation)
    {
        var folder = await FolderAsync(reference, cancellation);
        var weights = Weights.Read(folder);
        try
        {
            if (!weights.TryGetValue(HeadName, out var head) || await ReadNormalizationAsync(folder, cancellation) is not { } normalization)
            {
                throw new RlhfException("model-damaged", $"'{reference}' is no reward model: it lacks {HeadName} or {NormalizationName}.",
                    "Run the reward stage before this one, or name a reward model that rlhf-trainer published.");
            }

            return new(ModelFolder.Load(folder), head) { Normalization = normalization };
        }
        finally
        {
            foreach (var tensor in weights.Values) tensor.Dispose();
        }
    }

    /// <summary>Local folder of a model with its <c>model.onnx</c>, exported where it has none.</summary>
    public async Task<string> WithOnnxAsync(string reference, CancellationToken cancellation)
    {
        var folder = await FolderAsync(reference, cancellation);
        if (File.Exists(Path.Combine(folder, OnnxExport.FileName))) return folder;
        using var policy = ModelFolder.Load(folder);
        var exported = Path.Combine(work, "exported");
        ModelFolder.Save(exported, policy, tokenizerFrom: folder);
        await File.WriteAllBytesAsync(Path.Combine(exported, OnnxExport.FileName), OnnxExport.CheckedLanguageModel(policy), cancellation);
        return exported;
    }

    /// <summary>Keeps a policy between stages.</summary>
    public Task SaveAsync(string prefix, Gpt2Model policy, string tokenizerFrom, CancellationToken cancellation) =>
        RunFolder.UploadAsync(blobs, prefix, folder => ModelFolder.Save(folder, policy, tokenizerFrom: tokenizerFrom), cancellation);

    /// <exception cref="RlhfException"><c>onnx-differs</c>: nothing was published.</exception>
    public Task PublishPolicyAsync(string prefix, Gpt2Model policy, string tokenizerFrom, string card, CancellationToken cancellation) =>
        RunFolder.UploadAsync(blobs, prefix, folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, OnnxExport.FileName), OnnxExport.CheckedLanguageModel(policy));
            ModelFolder.Save(folder, policy, tokenizerFrom: tokenizerFrom);
            File.WriteAllText(Path.Combine(folder, "README.md"), card);
        }, cancellation);

    /// <inheritdoc cref="PublishPolicyAsync"/>
    public Task PublishRewardAsync(string prefix, RewardModel reward, string tokenizerFrom, string card, CancellationToken cancellation) =>
        RunFolder.UploadAsync(blobs, prefix, folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, OnnxExport.FileName), OnnxExport.CheckedRewardModel(reward));
            ModelFolder.Save(folder, (Gpt2Model)reward.Trunk, new Dictionary<string, TorchSharp.torch.Tensor> { [HeadName] = reward.Head }, tokenizerFrom);
            File.WriteAllText(Path.Combine(folder, NormalizationName), JsonSerializer.Serialize(reward.Normalization, RlhfJson.Indented));
            MarkAsClassifier(Path.Combine(folder, ModelFolder.ConfigName));
            File.WriteAllText(Path.Combine(folder, "README.md"), card);
        }, cancellation);

    /// <summary>As transformers' GPT2ForSequenceClassification: one score from the last token that is not padding.</summary>
    private static void MarkAsClassifier(string config)
    {
        var json = JsonNode.Parse(File.ReadAllText(config))!.AsObject();
        json["architectures"] = new JsonArray("GPT2ForSequenceClassification");
        json["num_labels"] = 1;
        if (json["eos_token_id"] is { } end) json["pad_token_id"] = end.DeepClone();
        File.WriteAllText(config, json.ToJsonString(RlhfJson.Indented));
    }

    private static async Task<RewardNormalization?> ReadNormalizationAsync(string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, NormalizationName);
        return File.Exists(file) ? JsonSerializer.Deserialize<RewardNormalization>(await File.ReadAllTextAsync(file, cancellation), RlhfJson.Options) : null;
    }
}
