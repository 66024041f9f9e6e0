using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>An export as a data set of its own: a file a split, <c>README.md</c> and <c>card.json</c>, laid out as Hugging Face loads it. As an archive that is streamed, or in a folder.</summary>
public sealed class ExportBundle(Exporter exporter, ExportFormats formats, DataCards cards)
{
    /// <summary>Checks what is asked for before the first byte.</summary>
    /// <param name="split">Only this one; null is all that there are.</param>
    /// <returns>Writes the archive.</returns>
    /// <exception cref="RlhfException"><c>campaign-not-found</c> or <c>unknown-format</c>.</exception>
    public async Task<Func<Stream, CancellationToken, Task>> OpenArchiveAsync(CampaignId campaign, string format, Split? split, CancellationToken cancellation = default)
    {
        var chosen = formats.Get(format);
        var source = await exporter.OpenSourceAsync(campaign, cancellation);
        return (output, c) => WriteArchiveAsync(chosen, source, split, output, c);
    }

    /// <exception cref="RlhfException">As <see cref="OpenArchiveAsync"/>.</exception>
    public async Task WriteFolderAsync(CampaignId campaign, string format, Split? split, string folder, CancellationToken cancellation = default)
    {
        var chosen = formats.Get(format);
        var source = await exporter.OpenSourceAsync(campaign, cancellation);
        Directory.CreateDirectory(folder);
        await WriteAsync(chosen, source, split, name => Task.FromResult<Stream>(File.Create(Path.Combine(folder, name))), cancellation);
    }

    private async Task WriteArchiveAsync(IExportFormat format, ExportSource source, Split? split, Stream output, CancellationToken cancellation)
    {
        await using var blocks = new BlockStream(output);
        await using var archive = await ZipArchive.CreateAsync(blocks, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellation);
        // Fast: the texts are half as large either way, and whoever waits for a download waits for this.
        await WriteAsync(format, source, split, name => archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellation), cancellation);
    }

    private async Task WriteAsync(IExportFormat format, ExportSource source, Split? only, Func<string, Task<Stream>> open, CancellationToken cancellation)
    {
        var files = new Dictionary<Split, string>();
        foreach (var split in Enum.GetValues<Split>().Where(s => only is null || s == only))
        {
            var part = source.For(format, split);
            // An empty file would not load.
            if (!await part.AnyAsync(cancellation)) continue;
            files[split] = split.ToString().ToLowerInvariant() + format.Info.Extension;
            await using var file = await open(files[split]);
            await format.WriteAsync(part, file, cancellation);
        }
        var card = await cards.ReadAsync(source.For(format, only), cancellation);
        await WriteTextAsync(open, "README.md", DataCardPage.Render(card, files), cancellation);
        await WriteTextAsync(open, "card.json", JsonSerializer.Serialize(card, RlhfJson.Indented), cancellation);
    }

    private static async Task WriteTextAsync(Func<string, Task<Stream>> open, string name, string text, CancellationToken cancellation)
    {
        await using var file = await open(name);
        await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
    }
}
