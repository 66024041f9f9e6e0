using Rlhf.Generation.Tokenization;

namespace Rlhf.Generation.Onnx;

/// <summary>What a language model makes of an answer, as numbers that a small model can be fitted on.</summary>
/// <remarks>
/// For an answer of n tokens, its end token with them, behind its prompt: the hidden state (W) at the last token, and the mean (W) and the largest value (W) of the hidden states over its tokens; then six figures,
/// the mean, the sum and the lowest of the tokens' log-probabilities in nats, how many are below −3, √n and n. Together 3 W + 6. Hidden states alone order the project's own answers less well.
/// </remarks>
public sealed class OnnxFeatures : IDisposable
{
    private const int Figures = 6;

    private const float Surprising = -3;

    /// <summary>Bound on the logits of a call, which a large vocabulary makes large.</summary>
    private const long LogitBytes = 64L << 20;

    private readonly OnnxModel model;
    private readonly ChatTokenizer tokenizer;

    private OnnxFeatures(OnnxModel model, ChatTokenizer tokenizer) => (this.model, this.tokenizer) = (model, tokenizer);

    /// <summary>Numbers an answer.</summary>
    public int Width => (3 * model.Shape.Width) + Figures;

    /// <param name="folder">Hugging Face layout with <c>model.onnx</c>.</param>
    /// <exception cref="RlhfException"><c>model-missing</c>, <c>model-damaged</c>, <c>tokenizer-missing</c>, <c>tokenizer-damaged</c>, or <c>model-without-hidden-states</c>: exported by an earlier version.</exception>
    public static OnnxFeatures Load(string folder, OnnxOptions? options = null)
    {
        var model = OnnxModel.Load(Path.Combine(folder, "model.onnx"), OnnxDecoderNames.Logits, options ?? new());
        try
        {
            _ = model.Hidden;
            return new(model, ChatTokenizer.Load(folder));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <returns>(<see cref="Width"/>) each, in order; null where not even the last message and the answer fit the model.</returns>
    public IReadOnlyList<float[]?> Read(IReadOnlyList<ScoringRequest> requests, CancellationToken cancellation = default)
    {
        var features = new float[requests.Count][];
        var encoded = requests.Select((request, i) => (Index: i, Sequence: Encode(request))).Where(e => e.Sequence is not null).Select(e => (e.Index, Sequence: e.Sequence!)).OrderBy(e => e.Sequence.Tokens.Length).ToList();
        while (encoded.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            // Longest first, so that the first batch is the largest and the rest fit.
            var rows = encoded.GetRange(encoded.Count - RowsTogether(encoded), RowsTogether(encoded));
            encoded.RemoveRange(encoded.Count - rows.Count, rows.Count);
            foreach (var (row, read) in rows.Zip(Run([.. rows.Select(r => r.Sequence)]))) features[row.Index] = read;
        }
        return features;
    }

    public void Dispose() => model.Dispose();

    private Sequence? Encode(ScoringRequest request)
    {
        var answer = tokenizer.EncodeAnswer(request.Answer, request.Ended);
        if (answer.Count == 0 || tokenizer.EncodePrompt(request.Messages, model.Shape.Positions - answer.Count) is not { } prompt) return null;
        return new([.. prompt.Tokens, .. answer], prompt.Tokens.Count);
    }

    private int RowsTogether(List<(int Index, Sequence Sequence)> left)
    {
        var longest = left[^1].Sequence.Tokens.Length;
        var fitting = Math.Min(LogitBytes / ((long)longest * model.Shape.Vocabulary * sizeof(float)), model.Options.CacheBytes / (longest * model.Shape.CacheBytesPerToken));
        return (int)Math.Clamp(fitting, 1, Math.Min(model.Options.BatchSize, left.Count));
    }

    private IEnumerable<float[]> Run(IReadOnlyList<Sequence> rows)
    {
        var longest = rows.Max(row => row.Tokens.Length);
        // From the token before the answer, whose logits are for the answer's first, to its last.
        var positions = rows.Max(row => row.AnswerLength) + 1;
        using var cache = new KeyValueCache(model.Shape, rows.Count, longest);
        var outputs = model.Run(
            [.. rows.SelectMany(row => Enumerable.Range(0, longest).Select(t => t < row.Tokens.Length ? (long)row.Tokens[t] : 0))],
            [.. rows.SelectMany(_ => Enumerable.Range(0, longest).Select(t => (long)t))],
            [.. rows.SelectMany(row => Enumerable.Range(0, positions).Select(t => (long)Math.Min(row.PromptLength - 1 + t, row.Tokens.Length - 1)))],
            [.. rows.Select(row => row.Tokens.Length - 1)], longest, cache, [model.Hidden, model.Output]);
        return [.. rows.Select((row, i) => Pool(row, Row(outputs[0], i, positions, model.Shape.Width), Row(outputs[1], i, positions, model.Shape.Vocabulary)))];
    }

    private static ReadOnlyMemory<float> Row(float[] output, int row, int positions, int width) => output.AsMemory(row * positions * width, positions * width);

    private float[] Pool(Sequence row, ReadOnlyMemory<float> hidden, ReadOnlyMemory<float> logits)
    {
        var (width, vocabulary, length) = (model.Shape.Width, model.Shape.Vocabulary, row.AnswerLength);
        var features = new float[Width];
        var mean = features.AsSpan(width, width);
        var largest = features.AsSpan(2 * width, width);
        largest.Fill(float.NegativeInfinity);
        hidden.Span.Slice(length * width, width).CopyTo(features);
        for (var t = 1; t <= length; t++)
        {
            var state = hidden.Span.Slice(t * width, width);
            for (var i = 0; i < width; i++)
            {
                mean[i] += state[i] / length;
                largest[i] = Math.Max(largest[i], state[i]);
            }
        }
        var likelihoods = Enumerable.Range(0, length).Select(t => LogProbability(logits.Span.Slice(t * vocabulary, vocabulary), row.Tokens[row.PromptLength + t])).ToList();
        ReadOnlySpan<float> figures = [likelihoods.Average(), likelihoods.Sum(), likelihoods.Min(), likelihoods.Count(l => l < Surprising), MathF.Sqrt(length), length];
        figures.CopyTo(features.AsSpan(3 * width));
        return features;
    }

    private static float LogProbability(ReadOnlySpan<float> logits, int token)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - largest);
        return logits[token] - largest - (float)Math.Log(sum);
    }

    private sealed record Sequence(int[] Tokens, int PromptLength)
    {
        public int AnswerLength => Tokens.Length - PromptLength;
    }
}
