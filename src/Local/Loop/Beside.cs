namespace Rlhf.Local.Loop;

/// <summary>Work with other things beside it.</summary>
internal static class Beside
{
    /// <summary>Does the work. The others end with it; one of them that fails ends it, with its error.</summary>
    public static async Task<T> RunAsync<T>(IEnumerable<Func<CancellationToken, Task>> others, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = work(ended.Token);
        List<Task> beside = [.. others.Select(other => other(ended.Token))];
        List<Task> open = [working, .. beside];
        while (!working.IsCompleted && !beside.Any(other => other.IsFaulted)) open.Remove(await Task.WhenAny(open));
        await ended.CancelAsync();
        await Task.WhenAll([working, .. beside]).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        if (working.IsCanceled && !cancellation.IsCancellationRequested && beside.Find(other => other.IsFaulted) is { } failed) await failed;
        return await working;
    }
}
