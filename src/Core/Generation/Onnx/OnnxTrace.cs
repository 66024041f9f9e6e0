namespace Rlhf.Generation.Onnx;

/// <summary>What a decoder gives at every position, for checking an export: the first half of a row is read as a prompt, the rest token by token with the cache.</summary>
public static class OnnxTrace
{
    /// <summary>Logits or scores.</summary>
    /// <param name="rows">Tokens, of any lengths from 1.</param>
    /// <returns>For each row (T, outputs), position by position.</returns>
    public static IReadOnlyList<float[]> Outputs(OnnxModel model, IReadOnlyList<int[]> rows) => Of(model, rows, model.Output);

    /// <inheritdoc cref="Outputs"/>
    /// <summary>Hidden states after the last norm.</summary>
    public static IReadOnlyList<float[]> Hidden(OnnxModel model, IReadOnlyList<int[]> rows) => Of(model, rows, model.Hidden);

    private static float[][] Of(OnnxModel model, IReadOnlyList<int[]> rows, DecoderOutput wanted)
    {
        var results = rows.Select(row => new float[row.Length * wanted.Width]).ToArray();
        using var cache = new KeyValueCache(model.Shape, rows.Count, rows.Max(row => row.Length));
        var read = rows.Select(row => (row.Length + 1) / 2).ToArray();
        ReadPrompts(model, rows, read, cache, results, wanted);
        while (Enumerable.Range(0, rows.Count).Any(i => read[i] < rows[i].Length)) ReadNext(model, rows, read, cache, results, wanted);
        return results;
    }

    private static void ReadPrompts(OnnxModel model, IReadOnlyList<int[]> rows, int[] read, KeyValueCache cache, float[][] results, DecoderOutput wanted)
    {
        var longest = read.Max();
        var at = Enumerable.Range(0, rows.Count).SelectMany(_ => Enumerable.Range(0, longest).Select(t => (long)t)).ToArray();
        var tokens = rows.SelectMany((row, i) => Enumerable.Range(0, longest).Select(t => t < read[i] ? (long)row[t] : 0)).ToArray();
        var outputs = model.Run(tokens, at, at, [.. read.Select(length => length - 1)], longest, cache, [wanted])[0];
        for (var i = 0; i < rows.Count; i++) outputs.AsSpan(i * longest * wanted.Width, read[i] * wanted.Width).CopyTo(results[i]);
    }

    private static void ReadNext(OnnxModel model, IReadOnlyList<int[]> rows, int[] read, KeyValueCache cache, float[][] results, DecoderOutput wanted)
    {
        // A row that is through reads its last token again, which changes nothing.
        var index = rows.Select((row, i) => Math.Min(read[i], row.Length - 1)).ToArray();
        var tokens = index.Select((t, i) => (long)rows[i][t]).ToArray();
        var outputs = model.Run(tokens, [.. index.Select(t => (long)t)], new long[rows.Count], index, index.Max() + 1, cache, [wanted])[0];
        for (var i = 0; i < rows.Count; i++)
        {
            if (read[i] >= rows[i].Length) continue;
            outputs.AsSpan(i * wanted.Width, wanted.Width).CopyTo(results[i].AsSpan(read[i] * wanted.Width));
            read[i]++;
        }
    }
}
