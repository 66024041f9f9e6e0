using System.Collections.Concurrent;

namespace Rlhf.Labeling.Serving;

/// <summary>What a whole lap that found no place free for anybody came to, so that those who ask next in this process need not go round too. Known for a second, and only while nobody here has given a row back or added one.</summary>
internal sealed class NothingFree(TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(CampaignId, AnnotatorKind), Lap> laps = new();

    public void Note(CampaignId campaign, AnnotatorKind kind, Lap lap) => laps[(campaign, kind)] = lap;

    /// <summary>The annotator's cursor after a lap that would be fruitless; null where one has to be made: nothing is known, a claim ran out, or the annotator has to do with one of the rows.</summary>
    public ScanCursor? Find(CampaignId campaign, AnnotatorKind kind, AnnotatorId annotator, int version, ScanCursor cursor)
    {
        var now = time.GetUtcNow();
        return laps.TryGetValue((campaign, kind), out var lap) && lap.Version == version && now - lap.BegunAt < FreshFor && !lap.Involved.Contains(annotator) && !(lap.OthersUntil <= now)
            ? cursor.AtEnd(lap.OthersUntil, lap.Seen) : null;
    }

    /// <param name="Version">Of the campaign's rows in this process when it began.</param>
    /// <param name="Involved">Who claimed or judged one of the rows: it may look otherwise to them.</param>
    internal sealed record Lap(DateTimeOffset BegunAt, int Version, DateTimeOffset? OthersUntil, int Seen, IReadOnlySet<AnnotatorId> Involved);
}
