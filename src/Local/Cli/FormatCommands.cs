using System.CommandLine;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Hosting;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Cli;

/// <summary><c>export</c>: a campaign's data out of a data folder, beside a running host or without one.</summary>
internal static class FormatCommands
{
    private static readonly Option<string> format = new("--format") { Description = "How; --formats lists them.", HelpName = "NAME", DefaultValueFactory = _ => ExportFormats.Default };
    private static readonly Option<Split?> split = new("--split") { Description = "Only train, validation or test (default: all)." };

    public static Command Export()
    {
        var campaign = new Argument<string?>("campaign") { Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string?>("--output") { Description = "File to write (default: standard output).", HelpName = "FILE" };
        var list = new Option<bool>("--formats") { Description = "Lists the formats and what each loses." };
        var command = new Command("export", "Writes a campaign's preference pairs in a format that other programs read.") { campaign, format, split, output, list, RunOptions.Data, RunOptions.Azurite };
        command.SetAction((result, cancellation) => RlhfCommand.GuardAsync(async () =>
        {
            var data = DataFolder.Open(result.GetValue(RunOptions.Data));
            // Warnings to the other stream: standard output may be the export.
            await using var storage = await LocalStorage.OpenAsync(data, result.GetValue(RunOptions.Azurite), Console.Error.WriteLine, cancellation);
            await using var services = Services(data, storage);
            if (result.GetValue(list) || result.GetValue(campaign) is null) return List(services.GetRequiredService<ExportFormats>());
            var export = await services.GetRequiredService<Exporter>().OpenAsync(CampaignId.From(result.GetValue(campaign)!), result.GetValue(format)!, result.GetValue(split), cancellation);
            await using var stream = result.GetValue(output) is { } path ? File.Create(path) : Console.OpenStandardOutput();
            await export.WriteAsync(stream, cancellation);
            foreach (var loss in export.Info.Loses) await Console.Error.WriteLineAsync(loss);
            return 0;
        }));
        return command;
    }

    private static ServiceProvider Services(DataFolder data, LocalStorage storage) => new ServiceCollection().AddLogging()
        .AddSingleton(storage.Blobs).AddSingleton(storage.Tables).AddSingleton<ISigningKeys>(new FileSigningKeys(data.SigningKeys)).AddPipeline().BuildServiceProvider();

    private static int List(ExportFormats formats)
    {
        foreach (var info in formats.All.Select(f => f.Info))
        {
            Console.WriteLine($"{info.Name,-16} {info.Extension,-9} {info.Title}");
            foreach (var loss in info.Loses) Console.WriteLine($"{"",-27}{loss}");
        }
        return 0;
    }
}
