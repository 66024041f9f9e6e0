using static TorchSharp.torch;

namespace Rlhf.Trainer.Models;

/// <summary>What the training stages need of an architecture. GPT-2 is the first; another one implements this and joins <see cref="ModelFolder"/>.</summary>
public interface ICausalLanguageModel : IDisposable
{
    /// <summary>Tokens the model knows: V.</summary>
    int VocabularySize { get; }

    /// <summary>Most tokens of one sequence.</summary>
    int ContextLength { get; }

    /// <summary>Width of a hidden state: W.</summary>
    int Width { get; }

    /// <summary>Parameters, for the optimizer, by the architecture's own names.</summary>
    nn.Module Module { get; }

    /// <summary>Hidden states after the last norm.</summary>
    /// <param name="tokens">(B, T) int64; padding may be any valid token.</param>
    /// <param name="attentionMask">(B, T), 1 for a token and 0 for padding, on either side; null where nothing is padded, or where padding stands on the
    /// right only and its own outputs are ignored (causal attention never looks at it; this is the fast road).</param>
    /// <returns>(B, T, W)</returns>
    Tensor Hidden(Tensor tokens, Tensor? attentionMask = null);

    /// <summary>Scores of the next token.</summary>
    /// <param name="hidden">(…, W), e.g. only the positions that are needed.</param>
    /// <returns>(…, V)</returns>
    Tensor Logits(Tensor hidden);

    /// <summary>A copy that shares nothing, e.g. the frozen reference.</summary>
    ICausalLanguageModel Clone();
}
