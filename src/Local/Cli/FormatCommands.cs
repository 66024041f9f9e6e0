using System.CommandLine;
using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Hosting;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Cli;

/// <summary><c>export</c> and <c>import</c>: a campaign's data out of a data folder, and other data sets into it. Both work beside a running host or without one.</summary>
internal static class FormatCommands
{
    private static readonly Option<Split?> split = new("--split") { Description = "Only train, validation or test; on import, what all of the file is." };

    public static Command Export()
    {
        var campaign = new Argument<string?>("campaign") { Arity = ArgumentArity.ZeroOrOne };
        var format = new Option<string>("--format") { Description = "How; --formats lists them.", HelpName = "NAME", DefaultValueFactory = _ => ExportFormats.Default };
        var output = new Option<string?>("--output") { Description = "FILE; or FOLDER/ or FILE.zip for a file a split with the data card (default: the pairs to standard output).", HelpName = "PATH" };
        var list = new Option<bool>("--formats") { Description = "Lists the formats and what each does not hold." };
        var command = new Command("export", "Writes a campaign's preference pairs in a format that other programs read.") { campaign, format, split, output, list, RunOptions.Data, RunOptions.Azurite };
        command.SetAction((result, cancellation) => RlhfCommand.GuardAsync(async () =>
        {
            var data = DataFolder.Open(result.GetValue(RunOptions.Data));
            // Warnings to the other stream: standard output may be the export.
            await using var storage = await LocalStorage.OpenAsync(data, result.GetValue(RunOptions.Azurite), Console.Error.WriteLine, cancellation);
            await using var services = Services(data, storage);
            if (result.GetValue(list) || result.GetValue(campaign) is null) return List(services.GetRequiredService<ExportFormats>());
            var order = new ExportOrder(CampaignId.From(result.GetValue(campaign)!), result.GetValue(format)!, result.GetValue(split), result.GetValue(output));
            await ExportWriter.WriteAsync(services, order, cancellation);
            return 0;
        }));
        return command;
    }

    public static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "Comparisons that have been ranked elsewhere (.jsonl, .json, .csv, .parquet)." };
        var campaign = new Option<string?>("--campaign") { Description = "Into this one; made if there is none (default: a new one named after the file).", HelpName = "ID" };
        var format = new Option<string?>("--format") { Description = "As what (default: recognised by what is in it).", HelpName = "NAME" };
        var kind = new Option<AnnotatorKind?>("--kind") { Description = "Who ranked, where the file does not say: person, simulated or llm." };
        var check = new Option<bool>("--check") { Description = "Only says what the file would bring." };
        var command = new Command("import", "Takes a data set of preferences into a campaign, which can train on it without anybody ranking.") { file, campaign, format, kind, split, check, RunOptions.Data, RunOptions.Azurite };
        command.SetAction((result, cancellation) => RlhfCommand.GuardAsync(() => new ImportSession(
            new(result.GetValue(RunOptions.Data), 0, result.GetValue(RunOptions.Azurite)), result.GetValue(file)!,
            new(result.GetValue(file)!.Name, result.GetValue(format), result.GetValue(kind), result.GetValue(split))).RunAsync(result.GetValue(campaign), result.GetValue(check), cancellation)));
        return command;
    }

    internal static ServiceProvider Services(DataFolder data, LocalStorage storage) => new ServiceCollection().AddLogging()
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
