using System.Runtime.CompilerServices;

namespace Rlhf.Contracts;

/// <summary>Bounded waiting for what other threads or processes bring about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<T> GetAsync<T>(Func<Task<T?>> find, [CallerArgumentExpression(nameof(find))] string what = "") where T : class
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            if (await find() is { } found) return found;
            await Task.Delay(5);
        }

        throw new TimeoutException($"Not within {Patience}: {what}");
    }

    public static Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        GetAsync(() => Task.FromResult(condition() ? "" : null), what);
}
