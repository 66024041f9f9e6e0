using System.CommandLine;

namespace Rlhf.Local.Cli;

/// <summary>The program's commands. Errors that a person can act on become two lines, anything else is a defect and says where the log is.</summary>
public static class RlhfCommand
{
    private static readonly TimeSpan stopsWithin = TimeSpan.FromSeconds(30);

    public static Task<int> InvokeAsync(string[] args)
    {
        var root = new RootCommand("Prompts in, rankings, a tuned model out: the whole pipeline on one machine.")
        {
            RunCommands.Run(), RunCommands.Resume(), RunCommands.Serve(), DataCommands.Campaigns(), FormatCommands.Export(), FormatCommands.Import(), DataCommands.Models(), DataCommands.Doctor(),
        };
        // Ctrl-C and SIGTERM cancel; what is going on is put away in order, then the process ends.
        return root.Parse(Whole(root, args)).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = stopsWithin, EnableDefaultExceptionHandler = false });
    }

    /// <summary>What names no command is for <c>run</c>.</summary>
    private static string[] Whole(RootCommand root, string[] args) =>
        args is [var first, ..] && (first == "--version" || root.Subcommands.Any(command => command.Name == first)) ? args : ["run", .. args];

    /// <summary>Runs a command's body; its result is the exit code.</summary>
    internal static async Task<int> GuardAsync(Func<Task<int>> body)
    {
        try
        {
            return await body();
        }
        catch (RlhfException e)
        {
            await Console.Out.FlushAsync();
            await Console.Error.WriteLineAsync($"{e.Message}\n{e.Remedy}");
            return ExitCodes.Failed;
        }
    }
}

public static class ExitCodes
{
    public const int Failed = 1;

    /// <summary>By Ctrl-C or SIGTERM before it was done; <c>resume</c> goes on.</summary>
    public const int Interrupted = 130;
}
