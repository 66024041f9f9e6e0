using Rlhf.Statistics;

namespace Rlhf.Labeling.Quality;

/// <summary>Hits among cases.</summary>
internal readonly record struct Tally(double Hits, int Count)
{
    public double? Share => Count == 0 ? null : Hits / Count;

    public Estimate? Estimate => Proportion.Of(Hits, Count);

    /// <summary>With two more hits and two more misses (Agresti and Coull 1998), so that few cases are not thought surer than they are. Null below <see cref="QualityConcerns.FewestCases"/>.</summary>
    public Mean? Mean => Count < QualityConcerns.FewestCases ? null : (Hits + 2) / (Count + 4) is var share ? new(share, share * (1 - share) / (Count + 4)) : null;

    public Tally And(bool isHit) => new(Hits + (isHit ? 1 : 0), Count + 1);

    public static Tally operator +(Tally a, Tally b) => new(a.Hits + b.Hits, a.Count + b.Count);

    public static Tally operator -(Tally a, Tally b) => new(a.Hits - b.Hits, a.Count - b.Count);
}

/// <param name="Variance">Of the mean.</param>
internal readonly record struct Mean(double Value, double Variance)
{
    /// <summary>No preference.</summary>
    public static Mean Even { get; } = new(0.5, 0);
}

/// <summary>How often the longer answer was preferred where the others prefer the longer one, and where they prefer the shorter one.</summary>
internal readonly record struct LengthTally(Tally WhereLonger, Tally WhereShorter)
{
    /// <summary>Both weigh the same: who errs at random comes to ½ whichever answers are better here, and who likes length lies above it.</summary>
    public Mean? Mean => WhereLonger.Mean is { } longer && WhereShorter.Mean is { } shorter
        ? new((longer.Value + shorter.Value) / 2, (longer.Variance + shorter.Variance) / 4) : null;

    public LengthTally And(bool othersPreferLonger, bool isLonger) =>
        othersPreferLonger ? this with { WhereLonger = WhereLonger.And(isLonger) } : this with { WhereShorter = WhereShorter.And(isLonger) };
}
