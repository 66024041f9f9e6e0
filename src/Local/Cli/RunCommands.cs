using System.CommandLine;
using Rlhf.Local.Loop;

namespace Rlhf.Local.Cli;

/// <summary><c>run</c>, <c>resume</c>, <c>serve</c>.</summary>
internal static class RunCommands
{
    public static Command Run()
    {
        var file = new Argument<string?>("file") { Description = "Prompts of your own (.jsonl, .json, .csv, .txt, .parquet), ranked by people only.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("run", "The whole loop: prompts, answers, rankings (by you and simulated annotators), reward model, tuned model, report. Other commands: resume, serve, campaigns, export, import, models, doctor.") { file };
        RunOptions.AddLoop(command);
        RunOptions.AddHost(command);
        command.SetAction((result, cancellation) => GuardAsync(result, session => result.GetValue(file) is { } path
            ? session.ServeFileAsync(path, RunOptions.LoopOf(result), cancellation)
            : session.RunAsync(RunOptions.LoopOf(result), cancellation), cancellation));
        return command;
    }

    public static Command Resume()
    {
        var campaign = new Argument<string?>("campaign") { Description = "Which one (default: the newest that is not finished).", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("resume", "Goes on with what was interrupted, or trains again where training failed.") { campaign };
        RunOptions.AddHost(command);
        command.SetAction((result, cancellation) => GuardAsync(result, session =>
            session.ResumeAsync(result.GetValue(campaign) is { } id ? CampaignId.From(id) : null, cancellation), cancellation));
        return command;
    }

    public static Command Serve()
    {
        var command = new Command("serve", "Leaves the ranking to people: goes on with the campaign that people rank, or starts one with the sample prompts.");
        RunOptions.AddLoop(command);
        RunOptions.AddHost(command);
        command.SetAction((result, cancellation) => GuardAsync(result, session => session.ServeAsync(RunOptions.LoopOf(result), cancellation), cancellation));
        return command;
    }

    private static Task<int> GuardAsync(ParseResult result, Func<LoopSession, Task<int>> body, CancellationToken cancellation) => RlhfCommand.GuardAsync(async () =>
    {
        var settings = RunOptions.HostOf(result);
        var session = new LoopSession(settings, LoopConsole.System);
        try
        {
            return await body(session);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LoopConsole.System.Say($"Stopped. Nothing is lost; this goes on: {new CommandHints(settings).Resume()}");
            return ExitCodes.Interrupted;
        }
    });
}
