using System.Text.Json;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Prompts;
using Rlhf.Storage;

namespace Rlhf.Preferences;

/// <summary>Preference pairs as TRL reads them (conversational, explicit prompt), one JSON line a pair, streamed from the campaign's pair files in order.</summary>
/// <remarks>Format: https://huggingface.co/docs/trl/dataset_formats#preference. Fields beyond TRL's say where a pair comes from; TRL ignores them.</remarks>
public static class TrlExport
{
    public static async Task WriteAsync(IBlobStore blobs, CampaignId campaign, Stream output, CancellationToken cancellation = default)
    {
        await foreach (var file in blobs.ListAsync($"campaigns/{campaign}/pairs/", cancellation))
        {
            await using var content = await blobs.OpenReadAsync(file.Path, cancellation);
            if (content is null) continue;
            using var reader = new StreamReader(content.Stream);
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                if (line.Length > 0) await WriteAsync(output, JsonSerializer.Deserialize<PreferencePair>(line, RlhfJson.Options)!, cancellation);
            }
        }
    }

    private static async Task WriteAsync(Stream output, PreferencePair pair, CancellationToken cancellation)
    {
        var line = new Line(pair.Messages, [new(MessageRole.Assistant, pair.Chosen)], [new(MessageRole.Assistant, pair.Rejected)], pair.Split,
            pair.Weight, pair.Agreement, pair.AnnotatorKinds, pair.Comparison, pair.Margin);
        await output.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, RlhfJson.Options), cancellation);
        await output.WriteAsync("\n"u8.ToArray(), cancellation);
    }

    private sealed record Line(
        IReadOnlyList<Message> Prompt, IReadOnlyList<Message> Chosen, IReadOnlyList<Message> Rejected, Split Split,
        double Weight, double Agreement, IReadOnlyList<AnnotatorKind> AnnotatorKinds, ComparisonId Comparison, double? Margin);
}
