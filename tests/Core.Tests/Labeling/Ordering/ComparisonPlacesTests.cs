using Rlhf.Generation.Onnx;
using Rlhf.Labeling;
using Rlhf.Labeling.Ordering;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Labeling.Ordering;

public sealed class ComparisonPlacesTests
{
    private static readonly ComparisonId[] Ids = [.. Enumerable.Range(0, 5_000).Select(i => new ComparisonId($"c{i}"))];

    [Fact]
    public void RandomOf_ManyIds_AreSpreadEvenlyAndStayWhereTheyAre()
    {
        var counts = Ids.CountBy(ComparisonPlaces.RandomOf).ToDictionary();
        Assert.Equal(ComparisonPlaces.Last + 1, counts.Count);
        Assert.All(counts, c => Assert.InRange(c.Key, 0, ComparisonPlaces.Last));
        // 5 standard errors.
        var expected = (double)Ids.Length / counts.Count;
        Assert.All(counts.Values, n => Assert.InRange(n, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected))));
        Assert.Equal(ComparisonPlaces.RandomOf(Ids[0]), ComparisonPlaces.RandomOf(new("c0")));
    }

    [Fact]
    public void StaysRandom_AShareOfTrainAndAllElse()
    {
        Assert.InRange(Ids.Count(id => ComparisonPlaces.StaysRandom(Make(id), 0.25)), 1_100, 1_400);
        Assert.DoesNotContain(Ids, id => ComparisonPlaces.StaysRandom(Make(id), 0));
        Assert.All(Ids.Take(200), id => Assert.True(ComparisonPlaces.StaysRandom(Make(id, Split.Test), 0)));
        Assert.All(Ids.Take(200), id => Assert.True(ComparisonPlaces.StaysRandom(Make(id, Split.Validation), 0)));
        Assert.All(Ids.Take(200), id => Assert.True(ComparisonPlaces.StaysRandom(Make(id) with { Kind = ComparisonKind.Test }, 0)));
    }

    [Fact]
    public void StaysRandom_SaysNothingOfThePlace()
    {
        var random = Ids.Where(id => ComparisonPlaces.StaysRandom(Make(id), 0.5)).Average(id => (double)ComparisonPlaces.RandomOf(id));
        var ordered = Ids.Where(id => !ComparisonPlaces.StaysRandom(Make(id), 0.5)).Average(id => (double)ComparisonPlaces.RandomOf(id));
        Assert.Equal(random, ordered, 4.0);
    }

    /// <summary>Asked to any point, then ordered anew, as often as one likes: the ordered ones take no more than their share of what is asked.</summary>
    [Fact]
    public void Exchange_AgainAndAgainWhileTheFirstAreAsked_KeepsTheSharesAndAsksTheDisputedFirst()
    {
        var random = new SeededRandom(4);
        var disputed = Ids.ToDictionary(id => id, _ => random.NextDouble());
        var stays = Ids.Where(id => ComparisonPlaces.StaysRandom(Make(id), 0.25)).ToHashSet();
        var open = Ids.ToDictionary(id => id, ComparisonPlaces.RandomOf);
        var asked = new List<ComparisonId>();
        for (var round = 0; round < 10; round++)
        {
            var ordered = open.Where(o => !stays.Contains(o.Key)).Select(o => (new PlacedComparison(o.Key, o.Value), disputed[o.Key])).ToList();
            var before = open.Values.Order().ToList();
            foreach (var (comparison, place) in ComparisonPlaces.Exchange(ordered)) open[comparison] = place;
            Assert.Equal(before, open.Values.Order());
            foreach (var next in open.OrderBy(o => o.Value).Take(200).ToList())
            {
                asked.Add(next.Key);
                open.Remove(next.Key);
            }
        }
        Assert.InRange(asked.Count(stays.Contains), 0.2 * asked.Count, 0.3 * asked.Count);
        Assert.True(asked.Where(id => !stays.Contains(id)).Average(id => disputed[id]) > 0.75);
        Assert.Equal(0.5, asked.Where(stays.Contains).Average(id => disputed[id]), 0.06);
    }

    [Fact]
    public void Exchange_OfMany_SortsTheFrontAndMovesFewOthers()
    {
        var random = new SeededRandom(8);
        var ordered = Ids.Select(id => (new PlacedComparison(id, ComparisonPlaces.RandomOf(id)), random.NextDouble())).ToList();
        var moved = ComparisonPlaces.Exchange(ordered);
        Assert.InRange(moved.Count, ComparisonPlaces.Front / 2, 2 * ComparisonPlaces.Front);
        Assert.Equal(moved.Count, moved.DistinctBy(m => m.Comparison).Count());

        var after = ordered.ToDictionary(o => o.Item1.Comparison, o => o.Item1.Place);
        foreach (var (comparison, place) in moved) after[comparison] = place;
        var most = ordered.OrderByDescending(o => o.Item2).Take(ComparisonPlaces.Front).Select(o => after[o.Item1.Comparison]).ToList();
        Assert.Equal(most.Order(), most);
        Assert.Equal(ordered.Select(o => o.Item1.Place).Order().Take(ComparisonPlaces.Front), most);
        Assert.Empty(ComparisonPlaces.Exchange([.. ordered.Select(o => (o.Item1 with { Place = after[o.Item1.Comparison] }, o.Item2))]));
    }

    [Fact]
    public void Exchange_InOrderAlready_MovesNobody() =>
        Assert.Empty(ComparisonPlaces.Exchange([(new(Ids[0], 3), 0.2), (new(Ids[1], 3), 0.2), (new(Ids[2], 7), 0.2), (new(Ids[3], 90), 0.1)]));

    private static Comparison Make(ComparisonId id, Split split = Split.Train) => new(id, new("demo-r1-b00001"), new(new("p"), [], split), [], ComparisonKind.Ordinary, 1, 1);
}
