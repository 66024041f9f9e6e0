using System.Runtime.CompilerServices;

namespace Rlhf.Preferences.Imports;

/// <summary>Pairs of one comparison that follow each other become that comparison again, as far as they tell it; what they weighed together stays.</summary>
internal static class ImportRegroup
{
    /// <summary>Pairs of nine answers, ten votes each: more are not held.</summary>
    private const int Most = 360;

    public static async IAsyncEnumerable<ImportLine> RegroupAsync(this IAsyncEnumerable<ImportLine> lines, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var held = new List<ImportLine>();
        await foreach (var line in lines.WithCancellation(cancellation))
        {
            if (held.Count > 0 && (held.Count == Most || !Belong(held[0].Comparison!, line.Comparison)))
            {
                foreach (var made in Regrouped(held)) yield return made;
                held.Clear();
            }
            if (line.Comparison?.Origin is null) yield return line;
            else held.Add(line);
        }
        if (held.Count == 0) yield break;
        foreach (var made in Regrouped(held)) yield return made;
    }

    private static bool Belong(ImportedComparison a, ImportedComparison? b) =>
        b is not null && a.Origin == b.Origin && a.Split == b.Split && a.Group == b.Group && a.Messages.SequenceEqual(b.Messages);

    private static List<ImportLine> Regrouped(List<ImportLine> lines)
    {
        var byAnswers = new List<ImportLine>();
        foreach (var line in lines)
        {
            var same = byAnswers.FindIndex(l => l.Comparison!.Answers.All(line.Comparison!.Answers.Contains));
            if (same < 0) byAnswers.Add(line);
            else byAnswers[same] = Joined(byAnswers[same], line);
        }
        return byAnswers.Count > 1 && byAnswers.Count == lines.Count && ImportedTiers.Of([.. lines.Select(l => l.Comparison!)]) is { } whole ? [lines[0] with { Comparison = whole }] : byAnswers;
    }

    /// <summary>Votes on the same two answers, each of which was a pair.</summary>
    private static ImportLine Joined(ImportLine first, ImportLine second)
    {
        var (a, b) = (first.Comparison!, second.Comparison!);
        var places = b.Answers.Select(answer => a.Answers.ToList().IndexOf(answer)).ToList();
        var rankings = a.Rankings.Concat(b.Rankings.Select(r => r.Moved(places))).ToList();
        return first with
        {
            Comparison = a with { Rankings = [.. rankings.Select((r, i) => r with { Judge = PairRankings.NameOf(i, rankings.Count) })], Weight = a.Weight + b.Weight },
        };
    }
}
