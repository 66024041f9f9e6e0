using static TorchSharp.torch;

namespace Rlhf.Trainer.Gpt2;

/// <summary>Keys and values of the tokens read so far, by layer, and which of them are padding. Room for all is made at the start: it grows by writing, not by copying.</summary>
internal sealed class Gpt2Cache : IDisposable
{
    private Tensor[] keys;      // each (B, H, capacity, W/H)
    private Tensor[] values;
    private Tensor mask;        // (B, capacity), 1 for a token

    /// <param name="rows">B.</param>
    /// <param name="capacity">Most tokens of a row, padding included.</param>
    public Gpt2Cache(Gpt2Settings settings, int rows, int capacity)
    {
        Tensor Room() => zeros([rows, settings.HeadCount, capacity, settings.Width / settings.HeadCount]).DetachFromDisposeScope();
        keys = [.. Enumerable.Range(0, settings.LayerCount).Select(_ => Room())];
        values = [.. Enumerable.Range(0, settings.LayerCount).Select(_ => Room())];
        mask = zeros([rows, capacity], int64).DetachFromDisposeScope();
    }

    /// <summary>Tokens read so far, padding included.</summary>
    public int Length { get; private set; }

    public static long BytesPerToken(Gpt2Settings settings) => 2L * sizeof(float) * settings.LayerCount * settings.Width;

    /// <summary>Makes room for the next tokens; their keys and values follow, layer by layer.</summary>
    /// <param name="next">(B, S) int64, 0 for padding.</param>
    /// <returns>The mask of all tokens, those included: (B, Length).</returns>
    public Tensor Advance(Tensor next)
    {
        var count = (int)next.shape[1];
        mask.narrow(1, Length, count).copy_(next);
        Length += count;
        return mask.narrow(1, 0, Length);
    }

    /// <param name="key">(B, H, S, W/H) of the tokens that <see cref="Advance"/> made room for, as <paramref name="value"/>.</param>
    /// <returns>Those of all tokens: (B, H, Length, W/H).</returns>
    public (Tensor Keys, Tensor Values) Extend(int layer, Tensor key, Tensor value)
    {
        var count = key.shape[2];
        keys[layer].narrow(2, Length - count, count).copy_(key);
        values[layer].narrow(2, Length - count, count).copy_(value);
        return (keys[layer].narrow(2, 0, Length), values[layer].narrow(2, 0, Length));
    }

    /// <summary>Goes on with some of the rows.</summary>
    public void Keep(IReadOnlyList<int> rows)
    {
        using var scope = NewDisposeScope();
        var index = tensor([.. rows.Select(row => (long)row)], device: mask.device);
        Tensor Kept(Tensor all)
        {
            using (all) return all.index_select(0, index).DetachFromDisposeScope();
        }
        keys = [.. keys.Select(Kept)];
        values = [.. values.Select(Kept)];
        mask = Kept(mask);
    }

    public void Dispose()
    {
        foreach (var tensor in keys.Concat(values)) tensor.Dispose();
        mask.Dispose();
    }
}
