namespace Rlhf.Generation.Onnx;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers from the same seed on every machine and runtime, which <see cref="Random"/> does not promise.</summary>
public sealed class SeededRandom(long seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong state = Mix((ulong)seed);

    /// <summary>A seed that belongs to several things at once (a run's seed, a stage, a step), well apart from its neighbours.</summary>
    public static long Combine(params ReadOnlySpan<long> parts)
    {
        var mixed = Increment;
        foreach (var part in parts) mixed = Mix(mixed ^ Mix((ulong)part + Increment));
        return (long)mixed;
    }

    public ulong NextBits()
    {
        state += Increment;
        return Mix(state);
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0..<paramref name="bound"/>−1.</summary>
    public int Next(int bound) => (int)(NextDouble() * bound);

    /// <summary>Standard normal (Box–Muller).</summary>
    public double NextGaussian() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Fisher–Yates, in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
