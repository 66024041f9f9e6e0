using System.Text.Json;
using Microsoft.DurableTask;

namespace Rlhf.Functions.Durable;

/// <summary>External events for the waiters of one orchestrator. The newest waiter of a name is served first; events of a name keep their order.</summary>
/// <remarks>Durable gives an event to the waiter on top of its stack even where that one was cancelled, and the event is gone: a signal that comes after a wait has timed out would be lost.
/// So each name has at most one waiter there, which is never cancelled, and what it brings is handed on or kept here.</remarks>
internal sealed class EventBox(TaskOrchestrationContext context)
{
    private readonly Dictionary<string, Queue<JsonElement?>> unread = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<TaskCompletionSource<JsonElement?>>> waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> listening = new(StringComparer.OrdinalIgnoreCase);
    private bool isHandedOver;

    /// <summary>A waiter that is complete already where an event was there.</summary>
    public TaskCompletionSource<JsonElement?> Wait(string name)
    {
        var waiter = new TaskCompletionSource<JsonElement?>();
        if (unread.TryGetValue(name, out var queue) && queue.TryDequeue(out var there))
        {
            waiter.SetResult(there);
            return waiter;
        }

        if (!waiters.TryGetValue(name, out var list)) waiters.Add(name, list = []);
        list.Add(waiter);
        Listen(name);
        return waiter;
    }

    /// <summary>Takes no event any more.</summary>
    public void Abandon(string name, TaskCompletionSource<JsonElement?> waiter)
    {
        if (waiters.TryGetValue(name, out var list)) list.Remove(waiter);
    }

    /// <summary>Sends what nobody has read, and what still comes, to the instance's next generation.</summary>
    public void HandOver()
    {
        isHandedOver = true;
        foreach (var (name, queue) in unread)
            while (queue.TryDequeue(out var payload)) Forward(name, payload);
    }

    private void Listen(string name)
    {
        if (listening.Add(name)) _ = ListenAsync(name);
    }

    private async Task ListenAsync(string name)
    {
        var payload = await context.WaitForExternalEvent<JsonElement?>(name);
        listening.Remove(name);
        Deliver(name, payload);
    }

    private void Deliver(string name, JsonElement? payload)
    {
        if (isHandedOver)
        {
            Forward(name, payload);
            return;
        }

        if (waiters.TryGetValue(name, out var list) && list.Count > 0)
        {
            var newest = list[^1];
            list.RemoveAt(list.Count - 1);
            if (list.Count > 0) Listen(name);
            newest.SetResult(payload);
            return;
        }

        if (!unread.TryGetValue(name, out var queue)) unread.Add(name, queue = new());
        queue.Enqueue(payload);
    }

    private void Forward(string name, JsonElement? payload) => context.SendEvent(context.InstanceId, name, payload!);
}
