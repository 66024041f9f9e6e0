namespace Rlhf.Preferences.Imports;

/// <summary>Several judgements of one judge on one task: the newest counts, as it does where a Label Studio server is asked.</summary>
internal static class ImportRepeats
{
    public const string Superseded = "Judgements that the same judge changed on the same task since: the newest counts.";

    /// <summary>Of judgements of the same time, or of none, the last.</summary>
    public static IReadOnlyList<ImportedRanking> Newest(IReadOnlyList<ImportedRanking> rankings, List<string> notes)
    {
        var newest = rankings.Index().GroupBy(r => (r.Item.Judge, r.Item.Kind)).Select(judge => judge.OrderBy(r => r.Item.SubmittedAt ?? DateTimeOffset.MinValue).ThenBy(r => r.Index).Last());
        IReadOnlyList<ImportedRanking> kept = [.. newest.OrderBy(r => r.Index).Select(r => r.Item)];
        notes.AddRange(Enumerable.Repeat(Superseded, rankings.Count - kept.Count));
        return kept;
    }
}
