using Rlhf.Labeling.Invites;

namespace Rlhf.Labeling.Serving;

/// <summary>Finds an open comparison for an annotator and claims it. A call reads a bounded number of rows behind the annotator's cursor, however many are open.</summary>
public sealed class OpenScan(OpenStore open, RankingStore rankings, TimeProvider time)
{
    /// <summary>Rows of a read: what one client leaves over, those beside it take, so few are read again.</summary>
    public const int PageSize = 64;

    public const int MaximumPages = 8;

    /// <summary>A claim and its answer are some writes apart; one that is older and not in hand was never answered.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(10);

    /// <summary>How old a look at rankings may be that only says whether somebody must wait.</summary>
    private static readonly TimeSpan WaitingLook = TimeSpan.FromSeconds(2);

    private readonly OpenPool pool = new(time);

    private readonly NothingFree nothing = new(time);

    /// <param name="Claimed">The row now claimed for the annotator, or null.</param>
    /// <param name="Cursor">Where the next scan begins.</param>
    public sealed record Result(OpenRow? Claimed, ScanCursor Cursor);

    /// <param name="held">What the annotator has in hand or has just judged: its own claims on others were lost, by a host that died before it had answered.</param>
    /// <param name="others">Annotators with a valid invite besides this one; asked for only when a row is not free.</param>
    public async Task<Result> ClaimNextAsync(
        CampaignId campaign, AnnotatorId annotator, AnnotatorKind kind, ScanCursor cursor, DateTimeOffset until, IReadOnlyCollection<ComparisonId> held,
        Func<Task<IReadOnlyCollection<Invite>>> others, CancellationToken cancellation)
    {
        bool IsFree(StoredOpenRow stored) => stored.Row.IsFor(kind) && (stored.Row.IsFreeFor(annotator, time.GetUtcNow())
            || (stored.Row.IsLostBy(annotator, time.GetUtcNow() - LostAfter) && !held.Contains(stored.Row.Comparison)));

        bool NeedsLook(StoredOpenRow stored) => stored.Row.NeedsLook(annotator, time.GetUtcNow());

        var lap = new FruitlessLap(cursor, kind, time.GetUtcNow(), open.VersionOf(campaign));
        if (nothing.Find(campaign, kind, annotator, lap.Version, cursor) is { } known) return new(null, known);
        var first = await TakeAsync(campaign, cursor, IsFree, NeedsLook, cancellation);
        for (; first.Row is { } row; first = await TakeAsync(campaign, cursor, IsFree, NeedsLook, cancellation))
        {
            // Taken from what another scan has left over, the cursor stays where it is: no row was passed.
            if (await TryClaimAsync(campaign, annotator, row, until, cancellation) is { } quick)
                return new(quick, cursor.AfterClaim(first.Page is { } read ? BeforeFirstFree(read, IsFree, cursor.Row) : cursor.Row));
        }
        for (var page = 0; page < MaximumPages && !cursor.IsLapDone; page++)
        {
            var rows = page == 0 && first.Page is { } read ? read : await open.ReadAsync(campaign, cursor.CurrentShard, cursor.Row, cursor.UpTo, PageSize, cancellation).ToListAsync(cancellation);
            var free = rows.Where(IsFree).ToList();
            // Before somebody gets what is ranked already, and before somebody is told to wait for it.
            if (free.Count == 0 || free.Exists(NeedsLook))
            {
                rows = await BringInLineAsync(campaign, rows, rows.Exists(NeedsLook), cancellation);
                free = [.. rows.Where(IsFree)];
            }
            if (await ClaimOneAsync(campaign, annotator, free, until, cancellation) is { } claimed)
            {
                pool.Fill(campaign, cursor.CurrentShard, free.Where(r => r.Row.Comparison != claimed.Comparison));
                return new(claimed, cursor.AfterClaim(BeforeFirstFree(rows, IsFree, cursor.Row)));
            }
            // Others were faster with all of them: the page is read again as it is now.
            if (free.Count > 0) continue;
            lap.Pass(rows, time.GetUtcNow());
            if (rows.Count > 0)
                cursor = await PastAsync(cursor with { Row = rows[^1].Key }, [.. rows.Where(r => r.Row.IsFor(kind) && !r.Row.IsClosed)], annotator, held, others);
            if (rows.Count < PageSize) cursor = cursor.NextSegment();
        }
        if (lap.End(cursor) is { } fruitless) nothing.Note(campaign, kind, fruitless);
        return new(null, cursor);
    }

    /// <summary>A row that another scan of this shard has left over, or one of its first page; none where all need a look behind their claims.</summary>
    private async Task<(StoredOpenRow? Row, List<StoredOpenRow>? Page)> TakeAsync(
        CampaignId campaign, ScanCursor cursor, Predicate<StoredOpenRow> isFree, Predicate<StoredOpenRow> needsLook, CancellationToken cancellation)
    {
        StoredOpenRow? Take() => pool.Take(campaign, cursor.CurrentShard, cursor.Row, cursor.UpTo, r => isFree(r) && !needsLook(r));

        if (Take() is { } left) return (left, null);
        using var turn = await pool.EnterAsync(campaign, cursor.CurrentShard, cancellation);
        if (Take() is { } brought) return (brought, null);
        var rows = await open.ReadAsync(campaign, cursor.CurrentShard, cursor.Row, cursor.UpTo, PageSize, cancellation).ToListAsync(cancellation);
        // What is wanted less does not pass what waits for a look.
        var last = rows.Where(r => isFree(r) && needsLook(r)).Select(r => r.Priority).DefaultIfEmpty(int.MaxValue).Min();
        pool.Fill(campaign, cursor.CurrentShard, rows.Where(r => r.Priority <= last && isFree(r) && !needsLook(r)));
        return (Take(), rows);
    }

    private async Task<OpenRow?> ClaimOneAsync(CampaignId campaign, AnnotatorId annotator, List<StoredOpenRow> free, DateTimeOffset until, CancellationToken cancellation)
    {
        foreach (var level in free.GroupBy(r => r.Priority).OrderBy(l => l.Key).Select(l => l.ToArray()))
        {
            // The order within a priority need not repeat from run to run; which comparison an annotator gets is no result.
            Random.Shared.Shuffle(level);
            foreach (var stored in level)
                if (await TryClaimAsync(campaign, annotator, stored, until, cancellation) is { } claimed) return claimed;
        }
        return null;
    }

    private async Task<OpenRow?> TryClaimAsync(CampaignId campaign, AnnotatorId annotator, StoredOpenRow stored, DateTimeOffset until, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return (await open.TryClaimAsync(campaign, stored, new(annotator, until, now), now, cancellation))?.Row;
    }

    /// <summary>Looks behind the claims of a page's rows, a request for each batch among them: a ranking that is there counts, and nobody is asked again. A host may have died between it and the row.</summary>
    private async Task<List<StoredOpenRow>> BringInLineAsync(CampaignId campaign, List<StoredOpenRow> rows, bool mayBeServed, CancellationToken cancellation)
    {
        var looks = new Dictionary<BatchId, RankingLook>();
        foreach (var batch in rows.Where(r => r.Row is { Claims.Count: > 0, IsClosed: false }).Select(r => r.Row.Batch).Distinct())
            looks[batch] = mayBeServed ? await rankings.LookAsync(batch) : await rankings.LookRecentAsync(batch, WaitingLook);
        var looked = rows.ConvertAll(r => r with { Row = looks.TryGetValue(r.Row.Batch, out var look) && !r.Row.IsClosed ? r.Row.InLineWith(look.Rankings) : r.Row });
        // Where somebody came between it fails, and is done by the next who looks; a claim on such a row fails too.
        await open.TryReplaceAsync(campaign, [.. rows.Zip(looked, (before, after) => (before, after.Row)).Where(r => !ReferenceEquals(r.before.Row, r.Row))], cancellation);
        return looked;
    }

    // Rows before the first free one are passed; the free ones are looked at again next time.
    private static string BeforeFirstFree(List<StoredOpenRow> rows, Predicate<StoredOpenRow> isFree, string from)
    {
        var first = rows.FindIndex(isFree);
        return first > 0 ? rows[first - 1].Key : from;
    }

    private async Task<ScanCursor> PastAsync(
        ScanCursor cursor, List<StoredOpenRow> rows, AnnotatorId annotator, IReadOnlyCollection<ComparisonId> held, Func<Task<IReadOnlyCollection<Invite>>> others)
    {
        var now = time.GetUtcNow();
        // One's own claim that is not in hand was lost on its way, and comes back before its lease ends.
        var untils = rows.Where(r => !r.Row.IsJudgedBy(annotator) && !held.Contains(r.Row.Comparison)).SelectMany(r => r.Row.LiveClaims(now))
            .Select(c => c.Annotator == annotator && c.Made is { } made ? made + LostAfter : c.Until);
        var reachable = cursor.Reachable || await AnyReachableAsync(rows, annotator, now, others);
        return cursor with { Seen = cursor.Seen + rows.Count, Reachable = reachable, OthersUntil = Earliest(cursor.OthersUntil, untils) };
    }

    private static async Task<bool> AnyReachableAsync(
        List<StoredOpenRow> rows, AnnotatorId annotator, DateTimeOffset now, Func<Task<IReadOnlyCollection<Invite>>> others)
    {
        if (rows.Count == 0) return false;
        if (rows.Any(r => !r.Row.IsJudgedBy(annotator) || r.Row.LiveClaims(now).Any())) return true;
        var known = await others();
        return rows.Any(r => known.Any(other => r.Row.IsFor(other.Kind) && !r.Row.IsJudgedBy(other.Annotator)));
    }

    /// <summary>A lap in one call, as long as no row of it had a place for anybody of this kind.</summary>
    private sealed class FruitlessLap(ScanCursor start, AnnotatorKind kind, DateTimeOffset begunAt, int version)
    {
        private readonly HashSet<AnnotatorId> involved = [];
        private DateTimeOffset? othersUntil;
        private bool isForNobody = start.Segment == 0 && start.Row == start.StartRow;

        public int Version => version;

        public void Pass(List<StoredOpenRow> rows, DateTimeOffset now)
        {
            foreach (var row in rows.Select(r => r.Row).Where(r => r.IsFor(kind) && !r.IsClosed))
            {
                var live = row.LiveClaims(now).ToList();
                isForNobody &= live.Count + row.Ranked.Count >= row.Overlap;
                othersUntil = Earliest(othersUntil, live.Select(c => c.Until));
                involved.UnionWith([.. row.Claims.Select(c => c.Annotator), .. row.Ranked, .. row.Skipped]);
            }
        }

        /// <summary>Null where it was not whole, or something is free for somebody.</summary>
        public NothingFree.Lap? End(ScanCursor cursor) => isForNobody && cursor.IsLapDone ? new(begunAt, version, othersUntil, cursor.Seen, involved) : null;
    }

    private static DateTimeOffset? Earliest(DateTimeOffset? known, IEnumerable<DateTimeOffset> found) =>
        found.Cast<DateTimeOffset?>().Append(known).Where(u => u is not null).Min();
}
