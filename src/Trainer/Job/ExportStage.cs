using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Publishes the policy as it stands to <c>model/</c>: Hugging Face layout and ONNX.</summary>
internal static class ExportStage
{
    public static async Task<RunResults> RunAsync(StageContext context)
    {
        using var policy = await context.Models.LoadPolicyAsync(context.Policy, context.Abort);
        var results = context.Results with { Model = context.ModelPrefix };
        await context.Models.PublishPolicyAsync(
            context.ModelPrefix, policy, await context.PolicyFolderAsync(), ModelCards.Policy(context.Job, results), context.Abort);
        return results;
    }
}
