using System.CommandLine;
using Rlhf.Local.Checks;
using Rlhf.Local.Hosting;
using Rlhf.Local.Loop;

namespace Rlhf.Local.Cli;

/// <summary>Commands that look at a data folder: <c>campaigns</c>, <c>models</c>, <c>doctor</c>. They work beside a running host.</summary>
internal static class DataCommands
{
    public static Command Campaigns()
    {
        var command = new Command("campaigns", "Lists the campaigns that are kept.") { RunOptions.Data };
        command.SetAction((result, _) => RlhfCommand.GuardAsync(() =>
        {
            var data = DataFolder.Open(result.GetValue(RunOptions.Data));
            var records = new LoopRecords(data).List();
            if (records.Count == 0) Console.WriteLine($"There are none in {data.Root} yet. Start one: {new CommandHints(new(result.GetValue(RunOptions.Data))).Run}");
            foreach (var r in records)
                Console.WriteLine($"{r.Campaign,-24} {r.StartedAt.ToLocalTime():yyyy-MM-dd HH:mm}  {(r.Mode == LoopMode.Run ? "run" : "serve"),-6} {(r.Finished ? "finished" : "not finished"),-13} {Path.GetFileName(r.File)}");
            return Task.FromResult(0);
        }));
        return command;
    }

    public static Command Models()
    {
        var command = new Command("models", "Lists the models here: the one that ships, and those that runs published.") { RunOptions.Data };
        command.SetAction((result, cancellation) => RlhfCommand.GuardAsync(async () =>
        {
            if (ShippedModel.Find() is { } shipped && Directory.Exists(shipped)) Console.WriteLine($"{shipped}  (ships with the project; --model takes such a folder)");
            var data = DataFolder.Open(result.GetValue(RunOptions.Data));
            await using var storage = await LocalStorage.OpenAsync(data, azurite: false, Console.Error.WriteLine, cancellation);
            await foreach (var item in storage.Blobs.ListAsync("runs/", cancellation))
            {
                if (item.Path.EndsWith("/model/model.onnx", StringComparison.Ordinal)) Console.WriteLine(Path.Combine(data.Blobs, Path.GetDirectoryName(item.Path)!));
            }
            return 0;
        }));
        return command;
    }

    public static Command Doctor()
    {
        var command = new Command("doctor", "Says what this machine has and lacks.") { RunOptions.Data };
        command.SetAction((result, cancellation) => RlhfCommand.GuardAsync(async () =>
        {
            var checks = await Checks.Doctor.ExamineAsync(DataFolder.Open(result.GetValue(RunOptions.Data)), cancellation);
            foreach (var check in checks)
            {
                Console.WriteLine($"{(check.IsWell ? "ok  " : "FAIL")} {check.Name}: {check.Found}");
                if (!check.IsWell) Console.WriteLine($"     {check.Problem} {check.Remedy}");
            }
            return checks.All(c => c.IsWell) ? 0 : ExitCodes.Failed;
        }));
        return command;
    }
}
