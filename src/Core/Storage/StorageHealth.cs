using System.Collections.Concurrent;

namespace Rlhf.Storage;

/// <summary>Storage that fails now, and since when. What needs it tries again by itself, so nobody else would say it.</summary>
/// <param name="Message">What the last attempt said.</param>
public sealed record StorageTrouble(string Message, string Remedy, DateTimeOffset Since);

/// <summary>Whether this process's storage works, as its latest calls found it. Kept in memory: storage that fails can't hold it.</summary>
public sealed class StorageHealth(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, StorageTrouble> troubles = new();

    /// <summary>The longest-standing trouble; null where everything worked the last time it was used.</summary>
    public StorageTrouble? Trouble => troubles.Values.MinBy(t => t.Since);

    /// <param name="operation">What was tried, e.g. <c>write rows</c>; it alone takes the trouble back, since a full disk can still be read.</param>
    public void Failed(string operation, Exception e)
    {
        var remedy = e is RlhfException known ? known.Remedy : "Look at the disk and the data folder; it is tried again by itself.";
        troubles.AddOrUpdate(operation, _ => new(e.Message, remedy, time.GetUtcNow()), (_, before) => before with { Message = e.Message, Remedy = remedy });
    }

    public void Works(string operation) => troubles.TryRemove(operation, out _);

    /// <summary>Makes a call and keeps whether storage was there. A refusal (a key, a size) is an answer too.</summary>
    public async Task<T> WatchAsync<T>(string operation, Func<Task<T>> call)
    {
        try
        {
            var result = await call();
            Works(operation);
            return result;
        }
        catch (RlhfException e) when (e.IsTransient)
        {
            Failed(operation, e);
            throw;
        }
    }
}
