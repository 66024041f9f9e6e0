namespace Rlhf.Statistics;

/// <summary>A figure with its 95% interval.</summary>
/// <param name="Low">Null where there is too little to tell an interval.</param>
/// <param name="Count">What it was taken from, e.g. comparisons.</param>
public sealed record Estimate(double Value, double? Low, double? High, int Count);
