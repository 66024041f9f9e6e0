using Rlhf.Generation.Onnx;
using Rlhf.Labeling.Ordering;

namespace Rlhf.Bench.Ordering;

/// <param name="Members">0: at random, nothing is ordered.</param>
/// <param name="RandomShare">0..1 that keeps its random place.</param>
/// <param name="Refit">Rankings after which the heads are fitted anew.</param>
public sealed record Arm(string Name, int Members = 0, double RandomShare = 0.25, int Refit = 50);

/// <summary>Asks for one ranking after the other in an arm's order, the whole pool being open, with the pipeline's own places and heads.</summary>
public static class Asking
{
    /// <summary>Fewer judgements don't order anything.</summary>
    public const int FewestJudgements = 50;

    /// <returns>The pool in the order it was asked.</returns>
    public static IReadOnlyList<JudgedComparison> Order(Arm arm, IReadOnlyList<JudgedComparison> pool, int most, long seed)
    {
        var random = new SeededRandom(SeededRandom.Combine(seed, 7));
        // A seed has its own random places, and every arm the same ones.
        var left = pool.ToDictionary(c => c, c => (Place: random.Next(ComparisonPlaces.Last + 1), Tie: random.NextDouble(), StaysRandom: random.NextDouble() < arm.RandomShare));
        var asked = new List<JudgedComparison>();
        while (asked.Count < most && left.Count > 0)
        {
            if (arm.Members > 0 && asked.Count >= FewestJudgements && asked.Count % arm.Refit == 0) Reorder();
            // Annotators are spread over the comparisons of one place.
            foreach (var next in left.OrderBy(c => c.Value.Place).ThenBy(c => c.Value.Tie).Take(Math.Min(most, arm.Refit)).Select(c => c.Key).ToList())
            {
                asked.Add(next);
                left.Remove(next);
            }
        }
        return asked;

        void Reorder()
        {
            var heads = HeadEnsemble.Fit([.. asked.Select(c => (IReadOnlyList<HeadExample>)[c.Example])], arm.Members, seed);
            var ordered = left.Where(c => !c.Value.StaysRandom).ToDictionary(c => c.Key.Id, c => c.Key);
            var moved = ComparisonPlaces.Exchange([.. ordered.Values.Select(c => (new PlacedComparison(c.Id, left[c].Place), heads.Disagreement(c.Features)))]);
            foreach (var to in moved) left[ordered[to.Comparison]] = left[ordered[to.Comparison]] with { Place = to.Place };
        }
    }
}
