using Spectre.Console;
using Rlhf.Local.Terminal;

namespace Rlhf.Local.Loop;

/// <summary>What is at the other end: a person at a terminal, or a file or program that only reads.</summary>
public sealed record LoopConsole(TextWriter Output, bool IsTerminal)
{
    public static LoopConsole System { get; } = new(Console.Out, !Console.IsOutputRedirected && !Console.IsInputRedirected && Environment.UserInteractive);

    public ILoopView OpenView(TimeProvider time) => IsTerminal ? new LiveView(AnsiConsole.Console, time) : new PlainView(Output, time);

    public void Say(string line)
    {
        Output.WriteLine(line);
        Output.Flush();
    }

    /// <summary>Completes when Enter is pressed.</summary>
    public static Task EnterAsync(CancellationToken cancellation) => Task.Run(
        async () =>
        {
            while (!cancellation.IsCancellationRequested)
            {
                while (Console.KeyAvailable)
                {
                    if (Console.ReadKey(intercept: true).Key == ConsoleKey.Enter) return;
                }
                await Task.Delay(100, cancellation);
            }
        },
        cancellation);
}
