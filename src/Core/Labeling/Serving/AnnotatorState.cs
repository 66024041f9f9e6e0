namespace Rlhf.Labeling.Serving;

/// <summary>Where an annotator stands in a campaign.</summary>
/// <param name="Held">On the screen now: at most the one shown and one fetched ahead.</param>
/// <param name="Recent">Own latest judgements, newest first; what amending reaches.</param>
/// <param name="Judged">Judgements so far, skips included.</param>
/// <param name="Day">Those of the latest day with any.</param>
public sealed record AnnotatorState(ScanCursor Cursor, IReadOnlyList<HeldTask> Held, IReadOnlyList<TaskKey> Recent, int Judged, DayCount? Day = null)
{
    public const int MaximumHeld = 2;

    /// <summary>Own earlier tasks that one may be repeated of.</summary>
    public const int RepeatableKept = 20;

    public const int RecentKept = 10;

    /// <summary>Gold that was judged, practice among it: none comes twice.</summary>
    public IReadOnlyList<ComparisonId> GoldJudged { get; init; } = [];

    /// <summary>Tasks long enough ago to be repeated, the latest last.</summary>
    public IReadOnlyList<TaskKey> Repeatable { get; init; } = [];

    /// <summary>Practice is over.</summary>
    public bool HasPassed { get; init; }

    public static AnnotatorState New(AnnotatorId annotator) => new(ScanCursor.Start(OpenKeys.ShardOf(annotator.Value), ""), [], [], 0);

    public IEnumerable<HeldTask> HeldAt(DateTimeOffset now) => Held.Where(h => h.Until > now);

    public AnnotatorState Holding(HeldTask task, DateTimeOffset now) =>
        this with { Held = [.. HeldAt(now).Where(h => h.Task.Comparison != task.Task.Comparison), task] };

    public AnnotatorState WithoutHeld(ComparisonId comparison) => this with { Held = [.. Held.Where(h => h.Task.Comparison != comparison)] };

    /// <summary>What was fetched ahead is on the screen now: its lease begins.</summary>
    public AnnotatorState Showing(HeldTask shown) => this with { Held = [.. Held.Select(h => h.Task == shown.Task ? shown : h)] };

    /// <summary>After a judgement: no longer held, first among the recent ones, and counted once, however often it is noted.</summary>
    public AnnotatorState AfterJudging(TaskKey task, bool isNew, DateTimeOffset at)
    {
        var counts = isNew && !Recent.Contains(task);
        return WithoutHeld(task.Comparison) with
        {
            Recent = Recent.Contains(task) ? Recent : [.. Recent.Prepend(task).Take(RecentKept)],
            Repeatable = Recent.Contains(task) || Recent.Count < RecentKept || Recent[^1].Check is not null ? Repeatable : [.. Repeatable.Append(Recent[^1]).TakeLast(RepeatableKept)],
            GoldJudged = task.Check == ComparisonKind.Gold ? [.. GoldJudged.Append(task.Comparison).Distinct()] : GoldJudged,
            Judged = counts ? Judged + 1 : Judged,
            Day = counts ? new(DayOf(at), JudgedOn(at) + 1) : Day,
        };
    }

    /// <summary>Judgements of the day (UTC) that holds <paramref name="at"/>.</summary>
    public int JudgedOn(DateTimeOffset at) => Day is { } day && day.Day == DayOf(at) ? day.Judged : 0;

    private static DateTimeOffset DayOf(DateTimeOffset at) => new(at.UtcDateTime.Date, TimeSpan.Zero);
}

/// <summary>Which comparison, and in whose batch's blob its body is.</summary>
/// <param name="Check">Gold or Repeat; null for any other.</param>
public sealed record TaskKey(BatchId Batch, ComparisonId Comparison, ComparisonKind? Check = null);

/// <param name="Until">End of the lease; of the claim, where it was fetched ahead and is not on the screen yet.</param>
/// <param name="Ahead">Fetched ahead and not shown.</param>
public sealed record HeldTask(TaskKey Task, DateTimeOffset Until, bool Ahead = false);

/// <param name="Day">Its beginning, UTC.</param>
public sealed record DayCount(DateTimeOffset Day, int Judged);
