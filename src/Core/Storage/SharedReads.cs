namespace Rlhf.Storage;

/// <summary>Reads that callers who come together share. Each caller's read begins after it asked, so it sees what the caller has written before.</summary>
public sealed class SharedReads<TKey, TValue>(Func<TKey, Task<TValue>> read) where TKey : notnull
{
    // A key is here while its read runs, with those who came meanwhile and wait for the next one.
    private readonly Dictionary<TKey, TaskCompletionSource<TValue>?> running = [];

    public Task<TValue> ReadAsync(TKey key)
    {
        lock (running)
        {
            if (running.TryGetValue(key, out var next))
                return (running[key] = next ?? new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            running[key] = null;
        }
        return RunAsync(key);
    }

    private async Task<TValue> RunAsync(TKey key)
    {
        try
        {
            return await read(key);
        }
        finally
        {
            if (TakeWaiting(key) is { } next) _ = AnswerAsync(key, next);
        }
    }

    private TaskCompletionSource<TValue>? TakeWaiting(TKey key)
    {
        lock (running)
        {
            var next = running[key];
            if (next is null) running.Remove(key);
            else running[key] = null;
            return next;
        }
    }

    private async Task AnswerAsync(TKey key, TaskCompletionSource<TValue> waiting)
    {
        try
        {
            waiting.SetResult(await RunAsync(key));
        }
        catch (Exception e)
        {
            waiting.SetException(e);
        }
    }
}
