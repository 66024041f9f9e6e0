using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rlhf.Generation.Onnx;

/// <summary>Keys and values of the tokens read so far: for each layer two buffers (B, heads, C, head width), which the graph reads and extends in place.</summary>
internal sealed class KeyValueCache : IDisposable
{
    private readonly DecoderShape shape;
    private readonly int capacity;

    public KeyValueCache(DecoderShape shape, int rows, int capacity)
    {
        this.shape = shape;
        this.capacity = capacity;
        Values = [.. Enumerable.Range(0, 2 * shape.Layers).Select(_ => Allocate(rows))];
    }

    /// <summary>All keys, then all values.</summary>
    public OrtValue[] Values { get; private set; }

    /// <summary>Keeps only the given rows, in that order, so that answers that have ended cost nothing more.</summary>
    public void Keep(IReadOnlyList<int> rows)
    {
        var stride = shape.Heads * capacity * shape.HeadWidth;
        for (var i = 0; i < Values.Length; i++)
        {
            var kept = Allocate(rows.Count);
            var source = Values[i].GetTensorDataAsSpan<float>();
            var target = kept.GetTensorMutableDataAsSpan<float>();
            for (var row = 0; row < rows.Count; row++) source.Slice(rows[row] * stride, stride).CopyTo(target[(row * stride)..]);
            Values[i].Dispose();
            Values[i] = kept;
        }
    }

    public void Dispose()
    {
        foreach (var value in Values) value.Dispose();
    }

    private OrtValue Allocate(int rows) =>
        OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [rows, shape.Heads, capacity, shape.HeadWidth]);
}
