using Rlhf.Trainer.Models;
using Rlhf.Trainer.Sampling;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Sft;

/// <summary>Cross-entropy of answers, given their prompts.</summary>
public static class SftLoss
{
    /// <summary>Mean over the batch's answer tokens (end token included, prompt tokens not), each weighed as its example: at least 0, in nats.</summary>
    /// <returns>A scalar.</returns>
    public static Tensor Of(ICausalLanguageModel model, IReadOnlyList<SftExample> examples)
    {
        var batch = TokenBatch.Of([.. examples.Select(e => e.Tokens)]);
        var length = batch.Tokens.shape[1];
        // Position t predicts token t + 1, so an answer that starts at s is predicted from s - 1 on. Logits of the prompt are never computed.
        var places = examples.SelectMany((e, row) => Enumerable.Range(e.AnswerStart, e.Tokens.Length - e.AnswerStart).Select(t => (row * length) + t - 1)).ToArray();
        var targets = examples.SelectMany(e => e.Tokens[e.AnswerStart..].Select(t => (long)t)).ToArray();
        var weights = tensor([.. examples.SelectMany(e => Enumerable.Repeat((float)e.Weight, e.Tokens.Length - e.AnswerStart))]);
        var hidden = model.Hidden(batch.Tokens).view(-1, model.Width).index_select(0, tensor(places));
        var losses = nn.functional.cross_entropy(model.Logits(hidden), tensor(targets), reduction: nn.Reduction.None);
        return (losses * weights).sum() / weights.sum();
    }
}
