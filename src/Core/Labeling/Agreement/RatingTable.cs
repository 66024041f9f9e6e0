namespace Rlhf.Labeling.Agreement;

/// <summary>How many annotators gave an item each value, item by item. Whoever left an item out is simply not counted there, so any number of annotators and missing values are fine.</summary>
public sealed class RatingTable
{
    private RatingTable(int values, IReadOnlyList<int[]> patterns, IReadOnlyList<int> times) => (Values, Patterns, Times) = (values, patterns, times);

    /// <summary>q, values an annotator could give.</summary>
    public int Values { get; }

    /// <summary>(P, q): the different rows of counts; items rated alike are one.</summary>
    public IReadOnlyList<int[]> Patterns { get; }

    /// <summary>(P): how many items have each pattern.</summary>
    public IReadOnlyList<int> Times { get; }

    /// <param name="items">The values each item was given.</param>
    /// <param name="values">All that could be given, in their order where they have one.</param>
    public static RatingTable Of<T>(IEnumerable<IEnumerable<T>> items, IReadOnlyList<T> values) where T : notnull
    {
        var index = values.Select((value, i) => (value, i)).ToDictionary(v => v.value, v => v.i);
        var rows = items.Select(item => Count(item.Select(v => index[v]), values.Count)).Where(row => row.Sum() > 0).GroupBy(row => string.Join(' ', row)).ToList();
        return new(values.Count, [.. rows.Select(g => g.First())], [.. rows.Select(g => g.Count())]);
    }

    private static int[] Count(IEnumerable<int> values, int of)
    {
        var counts = new int[of];
        foreach (var value in values) counts[value]++;
        return counts;
    }
}
