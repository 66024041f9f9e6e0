namespace Rlhf.Labeling.Serving;

/// <summary>How far an annotator has looked through the open rows. A lap begins in a shard behind a row and goes through all shards back to it:
/// segment 0 is the rest of the first shard, the last segment that shard's beginning.</summary>
/// <param name="Row">Rows of the segment up to here have been looked at.</param>
/// <param name="OthersUntil">Earliest end of somebody else's claim seen in this lap.</param>
/// <param name="Reachable">Whether some open row of this lap can still be taken by another annotator.</param>
/// <param name="Seen">Open rows seen in this lap.</param>
public sealed record ScanCursor(int Shard, string StartRow, int Segment, string Row, DateTimeOffset? OthersUntil = null, bool Reachable = false, int Seen = 0)
{
    /// <summary>When the priorities were changed that the lap goes by; null where rows have no order that matters.</summary>
    public DateTimeOffset? Order { get; init; }

    /// <summary>By priority the shards take turns: behind which row each goes on.</summary>
    public IReadOnlyList<string>? StartRows { get; init; }

    public static ScanCursor Start(int shard, string afterRow) => new(shard, afterRow, 0, afterRow);

    public int CurrentShard => (Shard + Segment) % OpenKeys.Shards;

    /// <summary>Where the segment ends (included); null for the shard's end.</summary>
    public string? UpTo => Segment == OpenKeys.Shards ? StartRow : null;

    public bool IsLapDone => Segment > OpenKeys.Shards || (Segment == OpenKeys.Shards && StartRow.Length == 0);

    public ScanCursor NextSegment() => this with { Segment = Segment + 1, Row = "" };

    /// <summary>As it is for a call: where priorities have changed since the lap began, it begins at the first row of all; where it is through, anew.</summary>
    public ScanCursor For(DateTimeOffset? order) =>
        order != Order ? Start(Shard, "") with { Order = order, StartRows = order is null ? null : [.. Enumerable.Repeat("", OpenKeys.Shards)] }
        : IsLapDone ? Restarted()
        : this;

    public ScanCursor Restarted() => Start(Shard, StartRow) with { Order = Order, StartRows = StartRows };

    /// <summary>After a lap in which every row was with others.</summary>
    /// <param name="othersUntil">Null where there was no row.</param>
    public ScanCursor AtEnd(DateTimeOffset? othersUntil, int seen) =>
        Restarted() with { Segment = OpenKeys.Shards + 1, Row = "", OthersUntil = othersUntil, Reachable = seen > 0, Seen = seen };

    /// <summary>A row of this shard was claimed: a new lap. By priority it begins in the next shard, since each has its share of what is wanted most.</summary>
    /// <param name="passed">Rows of this shard up to here have nothing for the annotator.</param>
    public ScanCursor AfterClaim(string passed)
    {
        if (StartRows is null) return Start(CurrentShard, passed);
        string[] rows = [.. StartRows];
        rows[CurrentShard] = passed;
        var next = (CurrentShard + 1) % OpenKeys.Shards;
        return Start(next, rows[next]) with { Order = Order, StartRows = rows };
    }
}
