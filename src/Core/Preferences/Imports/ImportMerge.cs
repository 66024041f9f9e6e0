using System.Runtime.CompilerServices;

namespace Rlhf.Preferences.Imports;

/// <summary>Judgements of one comparison that follow each other, each by a judge of its own, become one comparison: so its agreement and its majority come out as they were.</summary>
internal static class ImportMerge
{
    /// <summary>Judgements one comparison takes.</summary>
    private const int Most = 40;

    /// <param name="notes">Is told what gave way to a newer one.</param>
    public static async IAsyncEnumerable<ImportLine> MergeVotesAsync(this IAsyncEnumerable<ImportLine> lines, ImportNotes notes, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ImportLine? held = null;
        await foreach (var line in lines.WithCancellation(cancellation))
        {
            if (line.Comparison is null)
            {
                yield return line;
                continue;
            }
            if (held is not null && TryMerge(held, line, notes) is { } merged)
            {
                held = merged;
                continue;
            }
            if (held is not null) yield return held;
            held = line;
        }
        if (held is not null) yield return held;
    }

    private static ImportLine? TryMerge(ImportLine held, ImportLine line, ImportNotes notes)
    {
        var (a, b) = (held.Comparison!, line.Comparison!);
        if (a.Origin != b.Origin || a.Answers.Count != b.Answers.Count || a.Split != b.Split || a.Group != b.Group || a.Rankings.Count + b.Rankings.Count > Most) return null;
        if (a.Rankings.Count == 0 || b.Rankings.Count == 0 || a.Rankings.Concat(b.Rankings).Any(r => r.Judge is null)) return null;
        var isSameTask = a.Task is not null && a.Task == b.Task;
        if ((!isSameTask && a.Rankings.Any(r => b.Rankings.Any(other => other.Judge == r.Judge && other.Kind == r.Kind))) || !a.Messages.SequenceEqual(b.Messages)) return null;
        var places = b.Answers.Select(answer => a.Answers.ToList().IndexOf(answer)).ToList();
        if (places.Contains(-1)) return null;
        var superseded = new List<string>();
        var rankings = ImportRepeats.Newest([.. a.Rankings, .. b.Rankings.Select(r => r.Moved(places))], superseded);
        notes.Add(superseded);
        return held with { Comparison = a with { Rankings = rankings } };
    }
}
