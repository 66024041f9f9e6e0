using Rlhf.Generation.Onnx;

namespace Rlhf.Trainer.Corpus;

/// <summary>Seeded choices: the same seed gives the same corpus, everywhere.</summary>
public sealed class PhraseSource(long seed)
{
    private readonly SeededRandom random = new(seed);

    public T Pick<T>(IReadOnlyList<T> options) => options[random.Next(options.Count)];

    /// <summary>One option by weight.</summary>
    public T Pick<T>(IReadOnlyList<(T Option, double Weight)> options)
    {
        var left = random.NextDouble() * options.Sum(o => o.Weight);
        foreach (var (option, weight) in options)
            if ((left -= weight) < 0) return option;
        return options[^1].Option;
    }

    /// <summary>True in a share of the cases.</summary>
    public bool Chance(double share) => random.NextDouble() < share;

    public int Number(int from, int toExclusive) => from + random.Next(toExclusive - from);
}
