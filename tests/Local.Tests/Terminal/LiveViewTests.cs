using Microsoft.Extensions.Time.Testing;
using Rlhf.Local.Terminal;
using Spectre.Console;

namespace Rlhf.Local.Tests.Terminal;

public sealed class LiveViewTests
{
    [Fact]
    public async Task Show_LongMetricOn80Columns_BreaksNoCountAndNoWord()
    {
        await using var output = new StringWriter();
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 80;
        await using (var view = new LiveView(console, new FakeTimeProvider()))
        {
            view.Show([
                new(LoopStep.Rankings, 1, "2400/2400", "2400 simulated, agreement 81%"), new(LoopStep.Reward, 1, "15/15", "reward accuracy 68% (validation)"),
                new(LoopStep.Ppo, 0.5, "40/80", "reward 0.52, KL 3.70 nats a sequence")]);
        }

        var text = output.ToString();
        Assert.Contains(" 100% 2400/2400 done ", text, StringComparison.Ordinal);
        Assert.Contains("reward model ", text, StringComparison.Ordinal);
        Assert.Contains(" 100% 15/15     done ", text, StringComparison.Ordinal);
        Assert.Contains("policy (PPO) ", text, StringComparison.Ordinal);
        Assert.Contains(" 50%  40/80 ", text, StringComparison.Ordinal);
    }
}
