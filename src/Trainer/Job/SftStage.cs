using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Data;
using Rlhf.Trainer.Sft;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Written examples → a policy that begins from them.</summary>
internal static class SftStage
{
    public static async Task<RunResults> RunAsync(StageContext context)
    {
        var (job, tokenizer) = (context.Job, await context.TokenizerAsync());
        var path = job.SftExamples
            ?? throw new RlhfException("job-invalid", "The job asks for the stage sft and names no examples.", "Set sftExamples in job.json, or leave the stage out.");
        using var policy = await context.Models.LoadPolicyAsync(context.Policy, context.Abort);
        var length = Math.Min(job.Settings.MaximumLength, policy.ContextLength);
        var examples = (await JsonLines.ReadAsync<SftLine>(context.Blobs, path, context.Abort))
            .Select(line => SftExample.TryEncode(tokenizer, line, length)).OfType<SftExample>().ToList();
        if (examples.Count == 0) throw new RlhfException("no-examples", $"'{path}' has no example that fits the model.", "Add examples, or leave the stage sft out.");
        await SftTrainer.TrainAsync(policy, examples, job.Settings.Sft, SeededRandom.Combine(job.Seed, (long)TrainingStage.Sft), context.Progress);
        await context.Models.SaveAsync(context.PolicyPrefix(TrainingStage.Sft), policy, await context.PolicyFolderAsync(), context.Abort);
        return context.Results;
    }
}
