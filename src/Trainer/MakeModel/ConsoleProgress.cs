using System.Diagnostics;
using System.Globalization;

namespace Rlhf.Trainer.MakeModel;

/// <summary>Training by hand at a terminal: a line now and then, no checkpoint.</summary>
public sealed class ConsoleProgress(TextWriter output) : ITrainingProgress
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan next;

    public TrainingState? Resume() => null;

    public Task StepAsync(StepReport report, Func<TrainingState> state)
    {
        if (clock.Elapsed < next && report.Step < report.Steps) return Task.CompletedTask;
        next = clock.Elapsed + Every;
        var left = clock.Elapsed * ((double)(report.Steps - report.Step) / report.Step);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Step}/{report.Steps}  {report.Headline}  {left:mm\\:ss} left"));
        return Task.CompletedTask;
    }
}
