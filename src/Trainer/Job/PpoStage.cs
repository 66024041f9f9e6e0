using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Ppo;
using Rlhf.Trainer.Reward;
using Rlhf.Trainer.Sampling;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Reward model and prompts → a tuned policy, and how far it moved.</summary>
internal static class PpoStage
{
    public static async Task<RunResults> RunAsync(StageContext context)
    {
        var (job, tokenizer) = (context.Job, await context.TokenizerAsync());
        using var reference = await context.Models.LoadPolicyAsync(context.Policy, context.Abort);
        using var reward = await context.Models.LoadRewardAsync(context.RewardModelPrefix, context.Abort);
        var prompts = await context.PromptsAsync(job.RolloutPrompts, tokenizer, reference.ContextLength);
        using var tuned = (Gpt2Model)await PpoTrainer.TrainAsync(
            reference, prompts, reward, tokenizer.EndTokenId, job.Settings.Ppo, SeededRandom.Combine(job.Seed, (long)TrainingStage.Ppo), context.Progress);
        await context.Models.SaveAsync(context.PolicyPrefix(TrainingStage.Ppo), tuned, await context.PolicyFolderAsync(), context.Abort);
        return await MeasureAsync(context, reference, tuned, reward, tokenizer);
    }

    /// <summary>On test prompts: KL in nats a sequence, and r̂ of both models' answers. For reporting only.</summary>
    private static async Task<RunResults> MeasureAsync(
        StageContext context, Gpt2Model reference, Gpt2Model tuned, RewardModel reward, ChatTokenizer tokenizer)
    {
        var prompts = await context.PromptsAsync(context.Job.TestPrompts, tokenizer, reference.ContextLength);
        if (prompts.Count == 0) return context.Results;
        var seed = SeededRandom.Combine(context.Job.Seed, 12);
        var answerTokens = context.Job.Settings.Ppo.MaximumAnswerTokens;
        double Reward(ICausalLanguageModel policy)
        {
            var answers = PolicySampler.Sample(policy, prompts, new SamplingSettings(answerTokens), tokenizer.EndTokenId, seed, context.Abort);
            return RewardTrainer.RawScores(reward, [.. prompts.Zip(answers, (prompt, answer) => RewardStage.Sequence(prompt, answer, tokenizer))])
                .Average(raw => reward.Normalization.Apply(raw));
        }

        var results = context.Results with
        {
            KlMean = PolicyKl.Mean(tuned, reference, prompts, answerTokens, tokenizer.EndTokenId, seed, context.Abort),
            MeanRewardBefore = Reward(reference),
            MeanRewardAfter = Reward(tuned),
        };
        context.Measured(
            TrainingStage.Ppo, context.Reporter.Status.Steps, ("klTest", results.KlMean), ("rewardTestBefore", results.MeanRewardBefore), ("rewardTestAfter", results.MeanRewardAfter));
        return results;
    }
}
