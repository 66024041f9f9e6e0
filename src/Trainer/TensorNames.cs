using static TorchSharp.torch;

namespace Rlhf.Trainer;

internal static class TensorNames
{
    /// <summary>The tensors whose names begin with <paramref name="prefix"/>, without it.</summary>
    public static IReadOnlyDictionary<string, Tensor> Under(this IReadOnlyDictionary<string, Tensor> tensors, string prefix) =>
        tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(t => t.Key[prefix.Length..], t => t.Value);
}
