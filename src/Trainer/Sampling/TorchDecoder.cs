using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;

namespace Rlhf.Trainer.Sampling;

/// <summary>Batched sampling by torch with a key-value cache: what <see cref="OnnxDecoder"/> does on processors, where the GPU is libtorch's. The same seeds give the same answers up to rounding.</summary>
internal static class TorchDecoder
{
    private const int BatchSize = 64;

    /// <summary>Bound on the cache: a quarter of a T4, beside the weights and a step's intermediates.</summary>
    private const long CacheBytes = 4L << 30;

    /// <returns>One answer a request, in order.</returns>
    public static IReadOnlyList<DecodedAnswer> Decode(
        Gpt2Model model, IReadOnlyList<DecodingRequest> requests, SamplingSettings sampling, int endToken, CancellationToken cancellation = default)
    {
        var answers = new DecodedAnswer[requests.Count];
        // Prompts of similar length go together: less padding.
        foreach (var chunk in Enumerable.Range(0, requests.Count).OrderBy(i => requests[i].Tokens.Count).Chunk(Rows(model, requests, sampling)))
        {
            using var batch = new TorchDecodingBatch(model, [.. chunk.Select(i => requests[i])], sampling, endToken);
            do cancellation.ThrowIfCancellationRequested();
            while (batch.Step());
            foreach (var (answer, index) in batch.Answers().Zip(chunk)) answers[index] = answer;
        }

        return answers;
    }

    private static int Rows(Gpt2Model model, IReadOnlyList<DecodingRequest> requests, SamplingSettings sampling)
    {
        if (requests.Count == 0) return 1;
        var bytes = TorchDecodingBatch.Capacity(model, requests, sampling) * Gpt2Cache.BytesPerToken(model.Settings);
        return (int)Math.Clamp(CacheBytes / bytes, 1, BatchSize);
    }
}
