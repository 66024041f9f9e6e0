namespace Rlhf.Generation.Onnx;

/// <summary>Some answers on their way: the first step reads the prompts, each further one adds a token to every answer that has not ended.</summary>
internal sealed class DecodingBatch : IDisposable
{
    private readonly OnnxModel model;
    private readonly SamplingSettings sampling;
    private readonly int endToken;
    private readonly List<Row> all;
    private readonly KeyValueCache cache;

    /// <summary>Rows that the cache holds, in its order; some of them may have ended.</summary>
    private List<Row> rows;

    private bool promptsRead;

    public DecodingBatch(OnnxModel model, IReadOnlyList<DecodingRequest> requests, SamplingSettings sampling, int endToken)
    {
        (this.model, this.sampling, this.endToken) = (model, sampling, endToken);
        all = [.. requests.Select(request => new Row(request))];
        rows = [.. all];
        var longest = all.Max(row => row.PromptLength) + sampling.MaximumTokens;
        cache = new(model.Shape, all.Count, Math.Min(longest, model.Shape.Positions));
    }

    /// <summary>Says whether there is more to do.</summary>
    public bool Step()
    {
        var logits = promptsRead ? ReadLastTokens() : ReadPrompts();
        promptsRead = true;
        for (var i = 0; i < rows.Count; i++)
        {
            if (!rows[i].Done) Extend(rows[i], logits.AsSpan(i * model.Shape.Vocabulary, model.Shape.Vocabulary));
        }

        var live = rows.Count(row => !row.Done);
        if (live > 0 && live <= rows.Count / 2) DropEnded();
        return live > 0;
    }

    public IEnumerable<DecodedAnswer> Answers() => all.Select(row => new DecodedAnswer(row.Tokens, row.LogProbabilities, row.Ended));

    public void Dispose() => cache.Dispose();

    private float[] ReadPrompts()
    {
        var longest = rows.Max(row => row.PromptLength);
        var tokens = new long[rows.Count * longest];
        var positions = new long[rows.Count * longest];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var t = 0; t < longest; t++)
            {
                tokens[(i * longest) + t] = t < rows[i].PromptLength ? rows[i].Prompt[t] : 0;
                positions[(i * longest) + t] = t;
            }
        }

        var lastIndex = rows.Select(row => row.PromptLength - 1).ToArray();
        return model.Run(tokens, positions, [.. lastIndex.Select(i => (long)i)], lastIndex, longest, cache);
    }

    /// <summary>Rows that have ended repeat their last token; what comes of it is not looked at.</summary>
    private float[] ReadLastTokens()
    {
        var tokens = rows.Select(row => (long)row.LastToken).ToArray();
        var lastIndex = rows.Select(row => row.Length - 1).ToArray();
        return model.Run(
            tokens, [.. lastIndex.Select(i => (long)i)], new long[rows.Count], lastIndex, lastIndex.Max() + 1, cache);
    }

    private void Extend(Row row, ReadOnlySpan<float> logits)
    {
        var (token, logProbability) = TokenSampler.Draw(logits, sampling, row.Random.NextDouble());
        row.LogProbabilities.Add(logProbability);
        if (token == endToken)
        {
            row.Ended = row.Done = true;
            return;
        }

        row.Tokens.Add(token);
        row.Done = row.Tokens.Count >= sampling.MaximumTokens || row.Length >= model.Shape.Positions;
    }

    private void DropEnded()
    {
        var kept = Enumerable.Range(0, rows.Count).Where(i => !rows[i].Done).ToArray();
        cache.Keep(kept);
        rows = [.. kept.Select(i => rows[i])];
    }

    private sealed class Row(DecodingRequest request)
    {
        public IReadOnlyList<int> Prompt { get; } = request.Tokens;

        public int PromptLength => Prompt.Count;

        public int Length => PromptLength + Tokens.Count;

        public int LastToken => Tokens.Count > 0 ? Tokens[^1] : Prompt[^1];

        public List<int> Tokens { get; } = [];

        public List<float> LogProbabilities { get; } = [];

        public SeededRandom Random { get; } = new(request.Seed);

        public bool Ended { get; set; }

        public bool Done { get; set; }
    }
}
