using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Sampling;

/// <summary>Some answers on their way, computed by torch: the first step reads the prompts, padded on the left; each further one adds a token to every answer that has not ended.</summary>
internal sealed class TorchDecodingBatch : IDisposable
{
    private readonly Gpt2Model model;
    private readonly SamplingSettings sampling;
    private readonly int endToken;
    private readonly List<Row> all;
    private readonly Gpt2Cache cache;

    /// <summary>Rows that the cache holds, in its order; some of them may have ended.</summary>
    private List<Row> rows;

    public TorchDecodingBatch(Gpt2Model model, IReadOnlyList<DecodingRequest> requests, SamplingSettings sampling, int endToken)
    {
        (this.model, this.sampling, this.endToken) = (model, sampling, endToken);
        all = [.. requests.Select(request => new Row(request))];
        rows = [.. all];
        cache = new(model.Settings, all.Count, Capacity(model, requests, sampling));
    }

    /// <summary>Slots of a row: the longest prompt, and what may follow the shortest.</summary>
    public static int Capacity(Gpt2Model model, IReadOnlyList<DecodingRequest> requests, SamplingSettings sampling) =>
        requests.Max(r => r.Tokens.Count) + Math.Min(sampling.MaximumTokens, model.ContextLength - requests.Min(r => r.Tokens.Count));

    /// <summary>Says whether there is more to do.</summary>
    public bool Step()
    {
        using (var scope = NewDisposeScope())
        using (no_grad())
        {
            var (tokens, mask) = cache.Length == 0 ? Prompts() : LastTokens();
            var hidden = model.Extend(tokens, mask, cache);
            var logits = model.Logits(hidden.select(1, hidden.shape[1] - 1));
            var uniforms = tensor([.. rows.Select(row => row.Done ? 0 : row.Random.NextDouble())], float64, logits.device);
            Extend(TorchTokenSampler.Draw(logits, sampling, uniforms));
        }

        var live = rows.Count(row => !row.Done);
        if (live > 0 && live <= rows.Count / 2) DropEnded();
        return live > 0;
    }

    public IEnumerable<DecodedAnswer> Answers() => all.Select(row => new DecodedAnswer(row.Tokens, row.LogProbabilities, row.Ended));

    public void Dispose() => cache.Dispose();

    private (Tensor Tokens, Tensor Mask) Prompts()
    {
        var longest = rows.Max(row => row.Prompt.Count);
        var tokens = new long[rows.Count * longest];
        var mask = new long[rows.Count * longest];
        for (var i = 0; i < rows.Count; i++)
        {
            var padding = longest - rows[i].Prompt.Count;
            for (var t = padding; t < longest; t++) (tokens[(i * longest) + t], mask[(i * longest) + t]) = (rows[i].Prompt[t - padding], 1);
        }

        return (tensor(tokens, [rows.Count, longest]), tensor(mask, [rows.Count, longest]));
    }

    /// <summary>Rows that have ended repeat their last token; what comes of it is not looked at.</summary>
    private (Tensor Tokens, Tensor Mask) LastTokens() => (tensor([.. rows.Select(row => (long)row.LastToken)], [rows.Count, 1]), ones([rows.Count, 1], int64));

    private void Extend((Tensor Tokens, Tensor LogProbabilities) drawn)
    {
        var tokens = drawn.Tokens.cpu().data<long>();
        var logProbabilities = drawn.LogProbabilities.cpu().data<double>();
        for (var i = 0; i < rows.Count; i++)
            if (!rows[i].Done) rows[i].Add((int)tokens[i], (float)logProbabilities[i], endToken, sampling.MaximumTokens, model.ContextLength);
    }

    private void DropEnded()
    {
        var kept = Enumerable.Range(0, rows.Count).Where(i => !rows[i].Done).ToList();
        cache.Keep(kept);
        rows = [.. kept.Select(i => rows[i])];
    }

    private sealed class Row(DecodingRequest request)
    {
        public IReadOnlyList<int> Prompt { get; } = request.Tokens;

        public int LastToken => Tokens.Count > 0 ? Tokens[^1] : Prompt[^1];

        public List<int> Tokens { get; } = [];

        public List<float> LogProbabilities { get; } = [];

        public SeededRandom Random { get; } = new(request.Seed);

        public bool Ended { get; private set; }

        public bool Done { get; private set; }

        public void Add(int token, float logProbability, int endToken, int mostTokens, int positions)
        {
            LogProbabilities.Add(logProbability);
            if (token == endToken)
            {
                Ended = Done = true;
                return;
            }

            Tokens.Add(token);
            Done = Tokens.Count >= mostTokens || Prompt.Count + Tokens.Count >= positions;
        }
    }
}
