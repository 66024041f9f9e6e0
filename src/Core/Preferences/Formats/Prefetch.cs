using System.Runtime.CompilerServices;

namespace Rlhf.Preferences.Formats;

internal static class Prefetch
{
    /// <summary>Results in the source's order, of which up to <paramref name="ahead"/> are worked on while one is used.</summary>
    public static async IAsyncEnumerable<TResult> SelectAhead<T, TResult>(
        this IAsyncEnumerable<T> source, int ahead, Func<T, CancellationToken, Task<TResult>> select, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new Queue<Task<TResult>>();
        try
        {
            await foreach (var item in source.WithCancellation(cancellation))
            {
                running.Enqueue(Task.Run(() => select(item, stop.Token), stop.Token));
                if (running.Count > ahead) yield return await running.Dequeue();
            }
            while (running.Count > 0) yield return await running.Dequeue();
        }
        finally
        {
            // The reader stopped early, or one failed: what is still being read is waited for, so that nothing works on after the export.
            await stop.CancelAsync();
            await Task.WhenAll(running).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
