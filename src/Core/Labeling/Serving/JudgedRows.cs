namespace Rlhf.Labeling.Serving;

/// <summary>Open rows whose claims this process saw turn into rankings, until they are written with the next claim of their partition. Only a saving: what is lost here, by a crash or
/// because somebody else changed the row, is found again behind the claim.</summary>
internal sealed class JudgedRows
{
    /// <summary>So many together are worth a transaction.</summary>
    private const int Together = 8;

    private readonly Dictionary<string, Dictionary<string, JudgedRow>> partitions = [];

    /// <param name="known">The row as this process knows it; where it has become another one, nothing will be written.</param>
    public void Add(string partition, StoredOpenRow known, AnnotatorId annotator, RankingOutcome outcome)
    {
        lock (partitions)
        {
            var rows = partitions.TryGetValue(partition, out var there) ? there : partitions[partition] = [];
            var before = rows.TryGetValue(known.Key, out var waiting) && waiting.Known.ETag == known.ETag ? waiting.Judged : known.Row;
            rows[known.Key] = new(known, before.Judged(annotator, outcome));
        }
    }

    /// <summary>The row with what is noted of it.</summary>
    public StoredOpenRow With(string partition, StoredOpenRow known)
    {
        lock (partitions)
            return partitions.TryGetValue(partition, out var rows) && rows.TryGetValue(known.Key, out var waiting) && waiting.Known.ETag == known.ETag ? known with { Row = waiting.Judged } : known;
    }

    /// <summary>What is noted of a row, taken out: whoever writes the row writes it too. Null where nothing is.</summary>
    public OpenRow? Take(string partition, StoredOpenRow known)
    {
        lock (partitions)
            return partitions.TryGetValue(partition, out var rows) && rows.Remove(known.Key, out var waiting) && waiting.Known.ETag == known.ETag ? waiting.Judged : null;
    }

    /// <summary>All that waits, taken out; nothing while it is too few.</summary>
    public IReadOnlyList<JudgedRow> TakeTogether(string partition)
    {
        lock (partitions)
        {
            if (!partitions.TryGetValue(partition, out var rows) || rows.Count < Together) return [];
            partitions.Remove(partition);
            // A transaction takes a hundred, with the claim's own.
            return [.. rows.Values.TakeLast(50)];
        }
    }

    public void PutBack(string partition, IReadOnlyList<JudgedRow> judged)
    {
        lock (partitions)
        {
            var rows = partitions.TryGetValue(partition, out var there) ? there : partitions[partition] = [];
            foreach (var row in judged) rows.TryAdd(row.Known.Key, row);
        }
    }
}

internal sealed record JudgedRow(StoredOpenRow Known, OpenRow Judged);
