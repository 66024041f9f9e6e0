using Microsoft.Extensions.Time.Testing;
using Rlhf.Local.Terminal;

namespace Rlhf.Local.Tests.Terminal;

public sealed class PlainViewTests : IDisposable
{
    private readonly StringWriter output = new();
    private readonly FakeTimeProvider time = new();

    public void Dispose() => output.Dispose();

    [Fact]
    public void Show_StepMoves_WritesBarCountTimeLeftAndMetric()
    {
        var view = new PlainView(output, time);

        view.Show([new(LoopStep.Ppo, 0, "0/100", "KL 0.0")]);
        time.Advance(TimeSpan.FromSeconds(30));
        view.Show([new(LoopStep.Ppo, 0.5, "50/100", "KL 3.1")]);

        Assert.Equal("[00:30] policy (PPO) [##########..........]  50%  50/100      left 0:30  KL 3.1", output.ToString().TrimEnd().Split('\n')[1]);
    }

    [Fact]
    public void Show_HardlyMoved_IsQuietForTenSeconds()
    {
        var view = new PlainView(output, time);
        view.Show([new(LoopStep.Answers, 0, "0/100", "")]);

        time.Advance(TimeSpan.FromSeconds(1));
        view.Show([new(LoopStep.Answers, 0.01, "1/100", "")]);
        Assert.Single(output.ToString().TrimEnd().Split('\n'));

        time.Advance(TimeSpan.FromSeconds(10));
        view.Show([new(LoopStep.Answers, 0.02, "2/100", "")]);
        Assert.Equal(2, output.ToString().TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Show_StepOver_KeepsItsLastMetricAndIsSaidOnce()
    {
        var view = new PlainView(output, time);
        view.Show([new(LoopStep.Reward, 0.5, "5/10", "accuracy 80%")]);

        view.Show([LoopProgress.Done(LoopStep.Reward)]);
        view.Show([LoopProgress.Done(LoopStep.Reward)]);

        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("100%", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("accuracy 80%", lines[1], StringComparison.Ordinal);
    }
}
