using System.Text;
using System.Text.Json;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Json;
using Rlhf.Trainer.Data;
using Rlhf.Trainer.Native;
using Rlhf.Trainer.Sampling;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Prompts blob → answers blob with the policy as it stands, for policies that are too large for the pipeline's own process.</summary>
/// <remarks>Answers are kept as they come, a part at a time: a job that is started again writes the ones that are missing, and the same ones.</remarks>
internal static class GenerateStageRunner
{
    /// <summary>Prompts answered before the answers are kept.</summary>
    private const int PartSize = 64;

    public static async Task<RunResults> RunAsync(StageContext context)
    {
        var settings = context.Job.Generate
            ?? throw new RlhfException("job-invalid", "The job asks for the stage generate and does not say what to generate.", "Set generate.prompts and generate.answers in job.json.");
        var prompts = await JsonLines.ReadAsync<AskedPrompt>(context.Blobs, settings.Prompts, context.Abort);
        var answers = await ReadPartsAsync(context, prompts.Count);
        await using var generator = answers.Count < prompts.Count ? await LoadAsync(context) : null;
        foreach (var part in Enumerable.Range(0, prompts.Count).Where(i => !answers.ContainsKey(i)).Chunk(PartSize))
        {
            var written = await AnswerAsync(context, generator!, settings.Sampling, [.. part.Select(i => (i, prompts[i]))]);
            await KeepAsync(context, written);
            foreach (var line in written) answers[line.Index] = line.Answer;
            await context.Progress.StepAsync(new(answers.Count, prompts.Count, $"{answers.Count} of {prompts.Count} answers", new Dictionary<string, double>()), NoState);
        }

        await JsonLines.WriteAsync(context.Blobs, settings.Answers, answers.Values, context.Abort);
        await context.Blobs.DeleteAsync(PartsPath(context), null, context.Abort);
        return context.Results;

        TrainingState NoState() => new(answers.Count, new Dictionary<string, TorchSharp.torch.Tensor>(), new Dictionary<string, double>());
    }

    /// <summary>On a GPU torch answers, since it is libtorch that has CUDA here; on processors ONNX Runtime, which is twice as fast there: from the published folder, exported where it has no ONNX file.</summary>
    private static async Task<IGenerator> LoadAsync(StageContext context)
    {
        var model = context.Results.Model ?? context.Policy;
        return TorchDevice.IsGpu
            ? TorchGenerator.Load("policy", await context.Models.FolderAsync(model, context.Abort))
            : OnnxGenerator.Load("policy", await context.Models.WithOnnxAsync(model, context.Abort));
    }

    private static async Task<IReadOnlyList<PartLine>> AnswerAsync(
        StageContext context, IGenerator generator, SamplingSettings sampling, IReadOnlyList<(int Index, AskedPrompt Prompt)> part)
    {
        var requests = part.Select(p => new GenerationRequest(p.Prompt.Messages, p.Prompt.Seed ?? SeededRandom.Combine(context.Job.Seed, 13, p.Index))).ToList();
        var outcomes = await generator.GenerateAsync(requests, sampling, context.Abort);
        return [.. part.Select((p, i) => new PartLine(p.Index, new(p.Prompt.PromptId, outcomes[i].Text, outcomes[i].FinishReason, requests[i].Seed,
            outcomes[i].Failure, outcomes[i].PromptTokens, outcomes[i].CompletionTokens)))];
    }

    private static string PartsPath(StageContext context) => $"{context.Job.Output}/checkpoints/answers.jsonl";

    private static Task KeepAsync(StageContext context, IReadOnlyList<PartLine> part) => context.Blobs.AppendAsync(
        PartsPath(context), Encoding.UTF8.GetBytes(string.Concat(part.Select(line => JsonSerializer.Serialize(line, RlhfJson.Options) + "\n"))), context.Abort);

    /// <summary>In the prompts' order. What was torn when the job was killed is written again.</summary>
    private static async Task<SortedDictionary<int, GeneratedAnswer>> ReadPartsAsync(StageContext context, int prompts)
    {
        var answers = new SortedDictionary<int, GeneratedAnswer>();
        await foreach (var line in Storage.JsonLines.ReadAsync<PartLine>(context.Blobs, PartsPath(context), context.Abort))
            if (line.Index < prompts && line.Answer is not null) answers[line.Index] = line.Answer;
        return answers;
    }

    /// <param name="Index">Of the prompt's line, from 0.</param>
    private sealed record PartLine(int Index, GeneratedAnswer Answer);
}
