using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Trainer.Data;
using Rlhf.Trainer.Dpo;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Ppo;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Train pairs → a tuned policy, without a reward model.</summary>
internal static class DpoStage
{
    public static async Task<RunResults> RunAsync(StageContext context)
    {
        var (job, tokenizer) = (context.Job, await context.TokenizerAsync());
        using var reference = await context.Models.LoadPolicyAsync(context.Policy, context.Abort);
        var length = Math.Min(job.Settings.MaximumLength, reference.ContextLength);
        var pairs = (await JsonLines.ReadAsync<PreferencePair>(context.Blobs, job.Pairs, context.Abort))
            .Where(pair => pair.Split == Split.Train).Select(pair => Encode(pair, tokenizer, length, job.Settings.Reward.SoftLabels)).OfType<DpoPair>().ToList();
        if (pairs.Count == 0) throw new RlhfException("no-pairs", $"'{job.Pairs}' has no train pair that can be learned from.", "Rank more comparisons, then start the run again.");
        using var tuned = (Gpt2Model)await DpoTrainer.TrainAsync(
            reference, pairs, job.Settings.Dpo, SeededRandom.Combine(job.Seed, (long)TrainingStage.Dpo), context.Progress);
        await context.Models.SaveAsync(context.PolicyPrefix(TrainingStage.Dpo), tuned, await context.PolicyFolderAsync(), context.Abort);
        var prompts = await context.PromptsAsync(job.TestPrompts, tokenizer, reference.ContextLength);
        return prompts.Count == 0 ? context.Results : context.Results with
        {
            KlMean = PolicyKl.Mean(tuned, reference, prompts, job.Settings.Ppo.MaximumAnswerTokens, tokenizer.EndTokenId, SeededRandom.Combine(job.Seed, 12), context.Abort),
        };
    }

    private static DpoPair? Encode(PreferencePair pair, ChatTokenizer tokenizer, int length, bool soft)
    {
        var chosen = tokenizer.EncodeAnswer(pair.Chosen, pair.FinishReasons?.Chosen is not FinishReason.Length);
        var rejected = tokenizer.EncodeAnswer(pair.Rejected, pair.FinishReasons?.Rejected is not FinishReason.Length);
        if (chosen.SequenceEqual(rejected) || chosen.Count == 0 || rejected.Count == 0) return null;
        var prompt = tokenizer.EncodePrompt(pair.Messages, length - Math.Max(chosen.Count, rejected.Count));
        return prompt is null ? null : new([.. prompt.Tokens], [.. chosen], [.. rejected], pair.Weight, soft ? pair.Preference : 1);
    }
}
