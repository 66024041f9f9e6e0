using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>Preference pairs for TRL, one JSON line a pair: conversational with explicit prompt, and fields of ours that say where a pair comes from; TRL ignores them.</summary>
/// <remarks>Format: https://huggingface.co/docs/trl/dataset_formats#preference.</remarks>
public sealed class TrlFormat : IExportFormat
{
    public FormatInfo Info { get; } = new(ExportFormats.Default, "TRL preference, conversational", "application/jsonl", ".jsonl", PairLosses.OfPairs);

    public async Task WriteAsync(ExportSource source, Stream output, CancellationToken cancellation)
    {
        var lines = new JsonLineWriter(output);
        await foreach (var pair in source.PairsAsync(cancellation)) await lines.WriteAsync(PairLine.Of(pair, pair.Messages, Said(pair.Chosen), Said(pair.Rejected)), cancellation);
        await lines.FlushAsync(cancellation);
    }

    private static Message[] Said(string text) => [new(MessageRole.Assistant, text)];
}
