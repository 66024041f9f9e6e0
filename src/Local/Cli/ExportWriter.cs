using System.Text.Json;
using Rlhf.Campaigns;
using Rlhf.Json;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Cli;

/// <param name="Output">A file, a folder (it is one, or ends in a separator), an archive (.zip); null is standard output.</param>
internal sealed record ExportOrder(CampaignId Campaign, string Format, Split? Split, string? Output);

/// <summary>Writes an export where a command says, with the data card in or beside it.</summary>
internal static class ExportWriter
{
    public static async Task WriteAsync(IServiceProvider services, ExportOrder order, CancellationToken cancellation)
    {
        await SayLossesAsync(services, order, cancellation);
        var bundle = services.GetRequiredService<ExportBundle>();
        if (order.Output is null) await (await OpenAsync(services, order, cancellation)).WriteAsync(Console.OpenStandardOutput(), cancellation);
        else if (Directory.Exists(order.Output) || Path.EndsInDirectorySeparator(order.Output)) await bundle.WriteFolderAsync(order.Campaign, order.Format, order.Split, order.Output, cancellation);
        else if (order.Output.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) await WriteArchiveAsync(bundle, order, order.Output, cancellation);
        else await WriteFileAsync(services, order, order.Output, cancellation);
    }

    private static Task<Export> OpenAsync(IServiceProvider services, ExportOrder order, CancellationToken cancellation) =>
        services.GetRequiredService<Exporter>().OpenAsync(order.Campaign, order.Format, order.Split, cancellation);

    private static async Task WriteArchiveAsync(ExportBundle bundle, ExportOrder order, string path, CancellationToken cancellation)
    {
        var write = await bundle.OpenArchiveAsync(order.Campaign, order.Format, order.Split, cancellation);
        await using var file = File.Create(path);
        await write(file, cancellation);
    }

    /// <summary>The card lies beside the file, under its name.</summary>
    private static async Task WriteFileAsync(IServiceProvider services, ExportOrder order, string path, CancellationToken cancellation)
    {
        // Opened first, so that a mistake leaves no empty file.
        var export = await OpenAsync(services, order, cancellation);
        await using (var file = File.Create(path)) await export.WriteAsync(file, cancellation);
        var card = await services.GetRequiredService<DataCards>().ReadAsync(export.Source, cancellation);
        var beside = Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileNameWithoutExtension(path));
        await File.WriteAllTextAsync($"{beside}.card.md", DataCardPage.Render(card, new Dictionary<Split, string>()), cancellation);
        await File.WriteAllTextAsync($"{beside}.card.json", JsonSerializer.Serialize(card, RlhfJson.Indented), cancellation);
    }

    private static async Task SayLossesAsync(IServiceProvider services, ExportOrder order, CancellationToken cancellation)
    {
        var format = services.GetRequiredService<ExportFormats>().Get(order.Format);
        var loses = format.LosesOf(await services.GetRequiredService<CampaignStore>().GetAsync(order.Campaign, cancellation));
        if (loses.Count > 0) await Console.Error.WriteLineAsync($"'{format.Info.Name}' does not hold everything:");
        foreach (var loss in loses) await Console.Error.WriteLineAsync($"  {loss}");
    }
}
