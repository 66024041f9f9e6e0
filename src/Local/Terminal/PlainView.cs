using System.Globalization;

namespace Rlhf.Local.Terminal;

/// <summary>A line whenever a step has moved by a twentieth, and at least every ten seconds while it moves at all.</summary>
public sealed class PlainView(TextWriter output, TimeProvider time) : ILoopView
{
    private const int BarWidth = 20;
    private static readonly TimeSpan quiet = TimeSpan.FromSeconds(10);

    private readonly Dictionary<LoopStep, (LoopProgress Progress, DateTimeOffset At)> shown = [];
    private readonly DateTimeOffset start = time.GetUtcNow();
    private readonly TimeLeft left = new(time);

    public void Say(string line) => output.WriteLine(line);

    public void Show(IReadOnlyList<LoopProgress> steps)
    {
        var now = time.GetUtcNow();
        foreach (var each in steps)
        {
            var isKnown = shown.TryGetValue(each.Step, out var last);
            var step = each.After(last.Progress);
            var estimate = left.Of(step);
            if (isKnown ? !IsNews(last.Progress, step, now - last.At) : step.Count.Length == 0 && step.Fraction >= 1) continue;
            shown[step.Step] = (step, now);
            var elapsed = now - start;
            var bar = new string('#', (int)(step.Fraction * BarWidth)).PadRight(BarWidth, '.');
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"[{(int)elapsed.TotalMinutes:00}:{elapsed.Seconds:00}] {LoopSteps.TitleOf(step.Step),-12} [{bar}] {Math.Floor(step.Fraction * 100),3}%  {step.Count,-11} left {TimeLeft.Show(step.Fraction >= 1 ? TimeSpan.Zero : estimate)}  {step.Metric}").TrimEnd());
        }
    }

    public ValueTask DisposeAsync()
    {
        output.Flush();
        return ValueTask.CompletedTask;
    }

    private static bool IsNews(LoopProgress before, LoopProgress now, TimeSpan since)
    {
        if (before.Fraction >= 1) return false;
        return now.Fraction >= 1 || now.Fraction - before.Fraction >= 0.1 || (since >= quiet && before != now);
    }
}
