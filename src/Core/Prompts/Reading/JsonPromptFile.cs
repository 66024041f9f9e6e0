using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Rlhf.Prompts.Reading;

/// <summary>A .json file: an array of prompts, or prompts one after another. Elements are numbered from 1.</summary>
internal static class JsonPromptFile
{
    public static async IAsyncEnumerable<PromptLine> ReadAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var text = await TextFile.OpenUtf8Async(file, name, cancellation);
        var (isArray, utf8) = await ProbeAsync(text, name, cancellation);
        await using var elements = JsonSerializer
            .DeserializeAsyncEnumerable<JsonElement>(utf8, topLevelValues: !isArray, JsonSerializerOptions.Web, cancellation)
            .GetAsyncEnumerator(cancellation);
        var number = 0L;
        while (true)
        {
            PromptLine? broken = null;
            try
            {
                if (!await elements.MoveNextAsync()) break;
            }
            catch (Exception e) when (e is JsonException or DecoderFallbackException)
            {
                var where = e is JsonException { LineNumber: { } line } ? $" (line {line + 1})" : "";
                broken = PromptLine.Bad(number + 1, "invalid-json", $"The JSON breaks after element {number}{where}.",
                    "Repair it from there on; what stands before it was read. One prompt a line in a .jsonl file loses only the broken line.");
            }
            if (broken is not null)
            {
                yield return broken;
                break;
            }
            yield return Parse(++number, elements.Current);
        }
    }

    private static PromptLine Parse(long number, JsonElement element)
    {
        var length = JsonSerializer.SerializeToUtf8Bytes(element).Length;
        return length > LineReader.MaximumLine
            ? PromptLine.Bad(number, "line-too-long", $"The element has {length} bytes.", $"Keep each prompt to {LineReader.MaximumLine} bytes.")
            : PromptJson.Parse(number, element);
    }

    /// <summary>Whether the first character that is no white space opens an array.</summary>
    private static async Task<(bool IsArray, Stream Utf8)> ProbeAsync(Stream text, string name, CancellationToken cancellation)
    {
        var one = new byte[1];
        while (await text.ReadAsync(one, cancellation) == 1)
        {
            if (one[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            return (one[0] == (byte)'[', new PrefixedStream(one, text));
        }
        throw new RlhfException("empty-file", $"'{name}' holds only white space.", "Drop a file with at least one prompt.");
    }
}
