namespace Rlhf.Local.Durable;

/// <summary>Events that nobody has read, and who waits for one. The newest waiter of a name is served first; events of a name keep their order. Names differ by more than case.</summary>
internal sealed class EventBox
{
    private readonly Dictionary<string, Queue<HistoryEvent>> unread = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<TaskCompletionSource<string?>>> waiters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Unread events in the order they came.</summary>
    public IReadOnlyList<HistoryEvent> Unread => [.. unread.Values.SelectMany(q => q).OrderBy(e => e.Message)];

    public bool HasWaiters => waiters.Values.Any(w => w.Count > 0);

    public bool TryRead(string name, out string? payload)
    {
        payload = null;
        if (!unread.TryGetValue(name, out var queue) || !queue.TryDequeue(out var raised)) return false;
        payload = raised.Payload;
        return true;
    }

    public TaskCompletionSource<string?> Wait(string name)
    {
        var waiter = new TaskCompletionSource<string?>();
        if (!waiters.TryGetValue(name, out var list)) waiters.Add(name, list = []);
        list.Add(waiter);
        return waiter;
    }

    public void Abandon(string name, TaskCompletionSource<string?> waiter) => waiters[name].Remove(waiter);

    public void Deliver(HistoryEvent raised)
    {
        var name = raised.Name!;
        if (waiters.TryGetValue(name, out var list) && list.Count > 0)
        {
            var newest = list[^1];
            list.RemoveAt(list.Count - 1);
            newest.SetResult(raised.Payload);
            return;
        }

        if (!unread.TryGetValue(name, out var queue)) unread.Add(name, queue = new());
        queue.Enqueue(raised);
    }
}
