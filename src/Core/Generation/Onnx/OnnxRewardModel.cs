using Rlhf.Generation.Tokenization;
using Rlhf.Prompts;

namespace Rlhf.Generation.Onnx;

/// <param name="Ended">Whether the answer ended by itself; the end token is part of what is scored.</param>
public sealed record ScoringRequest(IReadOnlyList<Message> Messages, string Answer, bool Ended = true);

/// <summary>A published reward model (<c>reward-model/</c>) in this process: scores answers without torch.</summary>
public sealed class OnnxRewardModel : IDisposable
{
    private readonly OnnxModel model;
    private readonly ChatTokenizer tokenizer;
    private readonly RewardNormalization normalization;

    private OnnxRewardModel(OnnxModel model, ChatTokenizer tokenizer, RewardNormalization normalization) =>
        (this.model, this.tokenizer, this.normalization) = (model, tokenizer, normalization);

    /// <param name="folder">Hugging Face layout with <c>model.onnx</c>.</param>
    /// <exception cref="RlhfException"><c>model-missing</c>, <c>model-damaged</c>, <c>tokenizer-missing</c>, <c>tokenizer-damaged</c>.</exception>
    public static OnnxRewardModel Load(string folder, OnnxOptions? options = null)
    {
        var file = Path.Combine(folder, "model.onnx");
        var model = OnnxModel.Load(file, OnnxDecoderNames.Scores, options ?? new());
        try
        {
            var normalization = model.RewardNormalization
                ?? throw OnnxSessions.Damaged(file, "it does not carry the mean and deviation of its scores.");
            return new(model, ChatTokenizer.Load(folder), normalization);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <returns>r̂ = (r − μ) / s, one a request, in order. NaN where not even the last message and the answer fit the model.</returns>
    public IReadOnlyList<double> Score(IReadOnlyList<ScoringRequest> requests, CancellationToken cancellation = default)
    {
        var scores = new double[requests.Count];
        Array.Fill(scores, double.NaN);
        var encoded = requests.Select((request, i) => (Index: i, Tokens: Encode(request))).Where(e => e.Tokens is not null).OrderBy(e => e.Tokens!.Length);
        foreach (var batch in encoded.Chunk(model.Options.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var raw = Run([.. batch.Select(e => e.Tokens!)]);
            for (var i = 0; i < batch.Length; i++) scores[batch[i].Index] = normalization.Apply(raw[i]);
        }

        return scores;
    }

    public void Dispose() => model.Dispose();

    private int[]? Encode(ScoringRequest request)
    {
        var answer = tokenizer.EncodeAnswer(request.Answer, request.Ended);
        return tokenizer.EncodePrompt(request.Messages, model.Shape.Positions - answer.Count) is { } prompt ? [.. prompt.Tokens, .. answer] : null;
    }

    private float[] Run(IReadOnlyList<int[]> rows)
    {
        var longest = rows.Max(row => row.Length);
        using var cache = new KeyValueCache(model.Shape, rows.Count, longest);
        var lastIndex = rows.Select(row => row.Length - 1).ToArray();
        return model.Run(
            [.. rows.SelectMany(row => Enumerable.Range(0, longest).Select(t => t < row.Length ? (long)row[t] : 0))],
            [.. rows.SelectMany(_ => Enumerable.Range(0, longest).Select(t => (long)t))],
            [.. lastIndex.Select(i => (long)i)], lastIndex, longest, cache);
    }
}
