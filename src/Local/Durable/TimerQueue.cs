namespace Rlhf.Local.Durable;

/// <summary>Durable timers in the order they are due, on the clock of a <see cref="TimeProvider"/>.</summary>
internal sealed class TimerQueue : IDisposable
{
    // A system timer can't wait for longer than 49 days; one that wakes early looks again.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly PriorityQueue<StepAddress, DateTimeOffset> queue = new();
    private readonly TimeProvider time;
    private readonly ITimer alarm;
    private readonly Action<StepAddress> onDue;

    /// <param name="onDue">Called on the timer's thread; must be short.</param>
    public TimerQueue(TimeProvider time, Action<StepAddress> onDue)
    {
        this.time = time;
        this.onDue = onDue;
        alarm = time.CreateTimer(_ => FireDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(StepAddress timer, DateTimeOffset dueAt)
    {
        lock (gate)
        {
            queue.Enqueue(timer, dueAt);
            SetAlarm();
        }
    }

    public void Dispose() => alarm.Dispose();

    private void FireDue()
    {
        var due = new List<StepAddress>();
        lock (gate)
        {
            while (queue.TryPeek(out var next, out var at) && at <= time.GetUtcNow())
            {
                queue.Dequeue();
                due.Add(next);
            }

            SetAlarm();
        }

        foreach (var timer in due) onDue(timer);
    }

    private void SetAlarm()
    {
        if (!queue.TryPeek(out _, out var at)) return;
        var wait = at - time.GetUtcNow();
        alarm.Change(wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
