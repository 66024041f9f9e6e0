using Rlhf.Statistics;

namespace Rlhf.Labeling.Quality;

/// <summary>Hits among cases.</summary>
internal readonly record struct Tally(double Hits, int Count)
{
    public double? Share => Count == 0 ? null : Hits / Count;

    public Estimate? Estimate => Proportion.Of(Hits, Count);

    public Tally And(bool isHit) => new(Hits + (isHit ? 1 : 0), Count + 1);

    public static Tally operator +(Tally a, Tally b) => new(a.Hits + b.Hits, a.Count + b.Count);

    public static Tally operator -(Tally a, Tally b) => new(a.Hits - b.Hits, a.Count - b.Count);
}
