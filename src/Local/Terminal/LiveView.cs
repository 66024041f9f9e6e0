using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rlhf.Local.Terminal;

/// <summary>One bar a step, redrawn in place below what has been said.</summary>
public sealed class LiveView : ILoopView
{
    private const int BarWidth = 12;
    private const int NarrowestMetric = 12;

    /// <summary>Of step, bar, share, count and time left; what is left of the line is the metric's, which alone may take a second one.</summary>
    private static readonly int[] widths = [12, BarWidth, 4, 9, 10];

    private readonly IAnsiConsole console;
    private readonly TimeLeft left;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<LiveDisplayContext> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task display;
    private readonly SortedDictionary<LoopStep, (LoopProgress Progress, TimeSpan? Left)> rows = [];

    public LiveView(IAnsiConsole console, TimeProvider time)
    {
        this.console = console;
        left = new(time);
        display = console.Live(Draw()).AutoClear(false).StartAsync(async context =>
        {
            started.SetResult(context);
            await finished.Task;
        });
    }

    public void Say(string line)
    {
        lock (gate) console.WriteLine(line);
    }

    public void Show(IReadOnlyList<LoopProgress> steps)
    {
        lock (gate)
        {
            foreach (var step in steps) rows[step.Step] = (step.After(rows.TryGetValue(step.Step, out var earlier) ? earlier.Progress : null), left.Of(step));
            if (started.Task.IsCompletedSuccessfully) started.Task.Result.UpdateTarget(Draw());
        }
    }

    public async ValueTask DisposeAsync()
    {
        finished.TrySetResult();
        await display;
    }

    private Table Draw()
    {
        var table = new Table().NoBorder().HideHeaders();
        foreach (var width in widths) table.AddColumn(new TableColumn("").Width(width).NoWrap().Padding(0, 0, 1, 0));
        table.AddColumn(new TableColumn("").Width(Math.Max(NarrowestMetric, console.Profile.Width - widths.Sum(width => width + 1))).Padding(0, 0, 0, 0));
        foreach (var (progress, remaining) in rows.Values) table.AddRow(Row(progress, remaining));
        return table;
    }

    private static IRenderable[] Row(LoopProgress progress, TimeSpan? remaining)
    {
        var done = (int)Math.Round(Math.Clamp(progress.Fraction, 0, 1) * BarWidth);
        var bar = new Paragraph().Append(new string('━', done), new Style(Color.Green)).Append(new string('━', BarWidth - done), new Style(Color.Grey35));
        return
        [
            new Text(LoopSteps.TitleOf(progress.Step)), bar, new Text($"{Math.Floor(progress.Fraction * 100)}%"), new Text(progress.Count),
            new Text(progress.Fraction >= 1 ? "done" : $"{TimeLeft.Show(remaining)} left"), new Text(progress.Metric, new Style(Color.Aqua)),
        ];
    }
}
