using Rlhf.Labeling.Ordering;

namespace Rlhf.Core.Tests.Labeling.Ordering;

public sealed class JudgedSetTests
{
    [Fact]
    public void Add_WideFeaturesOfManyAnswers_StopsAtTheNumbersThereIsRoomFor()
    {
        var set = new JudgedSet(new(Comparisons: 5_000, Numbers: 36L * 2_310 * 200, Fewest: 50));
        var made = 0;
        set.Add(Enumerable.Range(0, 5_000).Select(_ => { made++; return Compare(pairs: 36, width: 2_310); }));
        Assert.Equal(200, set.Comparisons.Count);
        // One more is asked for, none after it.
        Assert.InRange(made, 200, 201);
        Assert.True(set.IsFull);
    }

    [Fact]
    public void Add_NarrowFeatures_StopsAtTheComparisons()
    {
        var set = new JudgedSet(new(Comparisons: 100));
        set.Add(Enumerable.Range(0, 60).Select(_ => Compare(1, 390)));
        Assert.False(set.IsFull);
        set.Add(Enumerable.Range(0, 60).Select(_ => Compare(1, 390)));
        Assert.Equal(100, set.Comparisons.Count);
    }

    [Fact]
    public void Add_HoweverWide_TakesTheFewestThatHeadsNeed()
    {
        var set = new JudgedSet(new(Numbers: 1, Fewest: 50));
        set.Add(Enumerable.Range(0, 60).Select(_ => Compare(3, 10)));
        Assert.Equal(50, set.Comparisons.Count);
    }

    // One array for all: the set counts what is referred to, and the test need not hold it.
    private static List<HeadExample> Compare(int pairs, int width) => [.. Enumerable.Repeat(new HeadExample(Of(width), 1, 1f / pairs), pairs)];

    private static float[] Of(int width) => Widths.GetOrAdd(width, w => new float[w]);

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, float[]> Widths = new();
}
