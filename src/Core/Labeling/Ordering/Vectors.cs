using System.Numerics;
using System.Runtime.InteropServices;

namespace Rlhf.Labeling.Ordering;

/// <summary>The three operations on vectors of one length that fitting a head consists of.</summary>
internal static class Vectors
{
    public static float Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var wideFirst = MemoryMarshal.Cast<float, Vector<float>>(first);
        var wideSecond = MemoryMarshal.Cast<float, Vector<float>>(second);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < wideFirst.Length; i++) sums += wideFirst[i] * wideSecond[i];
        var sum = Vector.Sum(sums);
        for (var i = wideFirst.Length * Vector<float>.Count; i < first.Length; i++) sum += first[i] * second[i];
        return sum;
    }

    /// <summary>target += factor · source.</summary>
    public static void Add(Span<float> target, float factor, ReadOnlySpan<float> source)
    {
        var wideTarget = MemoryMarshal.Cast<float, Vector<float>>(target);
        var wideSource = MemoryMarshal.Cast<float, Vector<float>>(source);
        var factors = new Vector<float>(factor);
        for (var i = 0; i < wideTarget.Length; i++) wideTarget[i] += factors * wideSource[i];
        for (var i = wideTarget.Length * Vector<float>.Count; i < target.Length; i++) target[i] += factor * source[i];
    }

    /// <summary>target = source + factor · target.</summary>
    public static void ScaleAndAdd(Span<float> target, float factor, ReadOnlySpan<float> source)
    {
        for (var i = 0; i < target.Length; i++) target[i] = source[i] + factor * target[i];
    }
}
