using System.Text.Json;
using Rlhf.Generation.Tokenization;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Tokenization;
using Rlhf.Training;

namespace Rlhf.Trainer.Tests.Job;

/// <summary>A whole run in miniature: a fresh model of 20,000 parameters, pairs in which the polite answer is always chosen, and storage in a folder.</summary>
internal sealed class TinyRun : IDisposable
{
    private static readonly string[] Products = ["lamp", "phone", "kettle", "clock", "radio", "chair", "table", "fan"];
    private readonly TemporaryFolder folder = new();

    private TinyRun(string? storage) => Blobs = BlobStores.Open(Storage = storage ?? folder["blobs"]);

    public IBlobStore Blobs { get; }

    /// <summary>The trainer's <c>RLHF_STORAGE</c>.</summary>
    public string Storage { get; }

    public string ModelFolderPath => folder["tiny"];

    public const string JobPath = "runs/tiny-run1/job.json";

    /// <param name="storage">A folder of the run's own where null.</param>
    public static async Task<TinyRun> CreateAsync(Func<TrainingJob, TrainingJob>? change = null, string? storage = null)
    {
        var run = new TinyRun(storage);
        run.WriteModel();
        var job = new TrainingJob(
            RunId.From("tiny-run1"), $"file:{run.ModelFolderPath}", "runs/tiny-run1/dataset/pairs.jsonl", "runs/tiny-run1/dataset/rollout.jsonl",
            "runs/tiny-run1/dataset/validation.jsonl", "runs/tiny-run1/dataset/test.jsonl", [TrainingStage.Reward, TrainingStage.Ppo, TrainingStage.Export],
            new TrainingSettings
            {
                MaximumLength = 60,
                CheckpointEvery = TimeSpan.Zero,
                Reward = new() { Epochs = 2, BatchSize = 8, LearningRate = 1e-3 },
                Ppo = new() { Steps = 12, RolloutsPerStep = 8, MinibatchSize = 4, MaximumAnswerTokens = 12, LearningRate = 1e-3 },
            },
            Seed: 3, Output: "runs/tiny-run1");
        await run.WriteDataAsync(change?.Invoke(job) ?? job);
        return run;
    }

    public void Dispose() => folder.Dispose();

    public async Task<RunStatus> StatusAsync() => (await Blobs.ReadJsonAsync<RunStatus>("runs/tiny-run1/status.json"))!;

    public async Task<IReadOnlyList<MetricPoint>> MetricsAsync() =>
        await Data.JsonLines.ReadAsync<MetricPoint>(Blobs, "runs/tiny-run1/metrics.jsonl", CancellationToken.None);

    public async Task<byte[]> BytesAsync(string path)
    {
        await using var content = (await Blobs.OpenReadAsync(path))!;
        using var memory = new MemoryStream();
        await content.Stream.CopyToAsync(memory);
        return memory.ToArray();
    }

    public Task<TrainingJob> JobAsync() => Trainer.Job.JobFile.ReadAsync(Blobs, JobPath);

    private void WriteModel()
    {
        var format = ChatFormat.ShippedModel;
        var texts = Products.SelectMany(product => new[] { $"My {product} is broken.", $"Sorry, I will replace the {product}.", $"No, buy a new {product}." });
        var data = BytePairTrainer.Train(texts, 300, format.SpecialTokens);
        TokenizerWriter.Write(ModelFolderPath, data, format, 64);
        using var model = new Gpt2Model(new()
        {
            VocabularySize = data.Vocabulary.Values.Max() + 1,
            ContextLength = 64,
            Width = 32,
            LayerCount = 1,
            HeadCount = 2,
            EndTokenId = data.SpecialTokens[format.End],
        });
        ModelFolder.Save(ModelFolderPath, model);
    }

    private async Task WriteDataAsync(TrainingJob job)
    {
        var prompts = Products.Select((product, i) => (
            Id: PromptId.From($"p{i}"), Messages: (IReadOnlyList<Message>)[new(MessageRole.User, $"My {product} is broken.")],
            Split: i < 6 ? Split.Train : i == 6 ? Split.Validation : Split.Test, Product: product)).ToList();
        var pairs = prompts.Select((prompt, i) => new PreferencePair(
            ComparisonId.From($"c{i}"), prompt.Id, prompt.Messages, $"Sorry, I will replace the {prompt.Product}.", $"No, buy a new {prompt.Product}.", prompt.Split,
            1, 1, 1, [AnnotatorKind.Simulated], 1, 1));
        await Blobs.WriteTextAsync(job.Pairs, Lines(pairs));
        foreach (var (split, path) in new[] { (Split.Train, job.RolloutPrompts), (Split.Validation, job.ValidationPrompts), (Split.Test, job.TestPrompts) })
            await Blobs.WriteTextAsync(path, Lines(prompts.Where(p => p.Split == split).Select(p => new DatasetPrompt(p.Id, p.Messages))));
        await Blobs.WriteJsonAsync(JobPath, job);
    }

    private static string Lines<T>(IEnumerable<T> values) => string.Concat(values.Select(value => JsonSerializer.Serialize(value, RlhfJson.Options) + "\n"));
}
