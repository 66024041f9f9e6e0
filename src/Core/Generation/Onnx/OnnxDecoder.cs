namespace Rlhf.Generation.Onnx;

/// <param name="Tokens">The prompt, at least one token.</param>
/// <param name="Seed">Of this answer alone: it does not depend on what else is in the batch.</param>
public sealed record DecodingRequest(IReadOnlyList<int> Tokens, long Seed);

/// <param name="Tokens">Without the end token.</param>
/// <param name="LogProbabilities">Of each token, and of the end token where the answer ended: at the sampling temperature, before top-k and top-p.</param>
/// <param name="Ended">By the end token; otherwise it was cut off.</param>
public sealed record DecodedAnswer(IReadOnlyList<int> Tokens, IReadOnlyList<float> LogProbabilities, bool Ended);

/// <summary>Batched sampling from an exported language model, token by token.</summary>
/// <remarks>Prompts of similar length go together; a batch's cache is bounded by <see cref="OnnxOptions.CacheBytes"/>; once half of a batch has ended, the rest goes on alone.</remarks>
public static class OnnxDecoder
{
    /// <returns>One answer a request, in order.</returns>
    /// <exception cref="ArgumentException">A prompt is empty or leaves no room for an answer.</exception>
    public static IReadOnlyList<DecodedAnswer> Decode(
        OnnxModel model, IReadOnlyList<DecodingRequest> requests, SamplingSettings sampling, int endToken, CancellationToken cancellation = default)
    {
        foreach (var request in requests)
        {
            if (request.Tokens.Count == 0 || request.Tokens.Count >= model.Shape.Positions)
                throw new ArgumentException($"A prompt has {request.Tokens.Count} tokens; the model takes 1 to {model.Shape.Positions - 1}.", nameof(requests));
        }

        var answers = new DecodedAnswer[requests.Count];
        var byLength = Enumerable.Range(0, requests.Count).OrderBy(i => requests[i].Tokens.Count).ToArray();
        for (var start = 0; start < byLength.Length;)
        {
            var rows = BatchRows(model, requests, byLength.AsSpan(start), sampling);
            using var batch = new DecodingBatch(model, [.. byLength[start..(start + rows)].Select(i => requests[i])], sampling, endToken);
            while (batch.Step()) cancellation.ThrowIfCancellationRequested();
            foreach (var (answer, index) in batch.Answers().Zip(byLength[start..(start + rows)])) answers[index] = answer;
            start += rows;
            cancellation.ThrowIfCancellationRequested();
        }

        return answers;
    }

    /// <summary>As many of the (sorted) requests as batch size and cache allow, at least one.</summary>
    private static int BatchRows(OnnxModel model, IReadOnlyList<DecodingRequest> requests, ReadOnlySpan<int> sorted, SamplingSettings sampling)
    {
        var rows = 1;
        while (rows < sorted.Length && rows < model.Options.BatchSize)
        {
            var longest = Math.Min(requests[sorted[rows]].Tokens.Count + sampling.MaximumTokens, model.Shape.Positions);
            if ((rows + 1) * longest * model.Shape.CacheBytesPerToken > model.Options.CacheBytes) break;
            rows++;
        }

        return rows;
    }
}
