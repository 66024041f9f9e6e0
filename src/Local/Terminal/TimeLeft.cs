namespace Rlhf.Local.Terminal;

/// <summary>Estimates what is left of each step from the pace since it was first seen moving.</summary>
public sealed class TimeLeft(TimeProvider time)
{
    private readonly Dictionary<LoopStep, (DateTimeOffset At, double Fraction)> starts = [];

    /// <returns>Null until the step has moved.</returns>
    public TimeSpan? Of(LoopProgress progress)
    {
        var now = time.GetUtcNow();
        if (!starts.TryGetValue(progress.Step, out var start) || progress.Fraction < start.Fraction)
        {
            starts[progress.Step] = (now, progress.Fraction);
            return null;
        }
        var gained = progress.Fraction - start.Fraction;
        if (gained < 0.01 || now <= start.At) return null;
        return (now - start.At) * ((1 - progress.Fraction) / gained);
    }

    public static string Show(TimeSpan? left) => left is { } known ? $"{(int)known.TotalMinutes}:{known.Seconds:00}" : "-:--";
}
