using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Onnx;

namespace Rlhf.Trainer.Sampling;

/// <summary>Lets the policy as it is now write answers: exported to ONNX Runtime, which decodes at about twice the speed of torch with a cache, and an export costs some tens of milliseconds.</summary>
public static class PolicySampler
{
    /// <param name="seed">Answer i gets a seed of its own, made of this and i.</param>
    public static IReadOnlyList<DecodedAnswer> Sample(
        ICausalLanguageModel policy, IReadOnlyList<int[]> prompts, SamplingSettings sampling, int endToken, long seed, CancellationToken cancellation = default)
    {
        using var model = OnnxModel.Load(OnnxExport.LanguageModel(policy), "the policy", OnnxDecoderNames.Logits, new OnnxOptions { BatchSize = 64 });
        var requests = prompts.Select((prompt, i) => new DecodingRequest(prompt, SeededRandom.Combine(seed, i))).ToList();
        return OnnxDecoder.Decode(model, requests, sampling, endToken, cancellation);
    }
}
