namespace Rlhf.Preferences.Formats;

/// <summary>A format of one JSON object a line, one line a pair.</summary>
/// <param name="line">The pair in the format's shape.</param>
internal sealed class JsonPairFormat(FormatInfo info, Func<PreferencePair, object> line) : IExportFormat
{
    public FormatInfo Info => info;

    public async Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation)
    {
        var lines = new JsonLineWriter(output);
        await foreach (var pair in source.PairsAsync(cancellation)) await lines.WriteAsync(line(pair), cancellation);
        await lines.FlushAsync(cancellation);
    }
}
