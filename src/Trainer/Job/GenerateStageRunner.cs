using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Data;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>One line of the <c>generate</c> stage's answers blob.</summary>
public sealed record GeneratedAnswer(PromptId PromptId, string? Text, FinishReason FinishReason, long Seed, GenerationFailure? Failure = null);

/// <summary>Prompts blob → answers blob with the policy as it stands, for policies that are too large for the pipeline's own process.</summary>
internal static class GenerateStageRunner
{
    public static async Task<RunResults> RunAsync(StageContext context)
    {
        var settings = context.Job.Generate
            ?? throw new RlhfException("job-invalid", "The job asks for the stage generate and does not say what to generate.", "Set generate.prompts and generate.answers in job.json.");
        // The published folder if there is one, since it has the ONNX file; an older one without is exported here.
        var folder = await context.Models.WithOnnxAsync(context.Results.Model ?? context.Policy, context.Abort);
        await using var generator = OnnxGenerator.Load("policy", folder);
        var prompts = await JsonLines.ReadAsync<PromptLine>(context.Blobs, settings.Prompts, context.Abort);
        var requests = prompts.Select((prompt, i) => new GenerationRequest(prompt.Messages, SeededRandom.Combine(context.Job.Seed, 13, i))).ToList();
        var outcomes = await generator.GenerateAsync(requests, settings.Sampling, context.Abort);
        var answers = prompts.Zip(requests, outcomes).Select(item =>
            new GeneratedAnswer(item.First.PromptId, item.Third.Text, item.Third.FinishReason, item.Second.Seed, item.Third.Failure));
        await JsonLines.WriteAsync(context.Blobs, settings.Answers, answers, context.Abort);
        return context.Results;
    }
}
