using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Rlhf.Prompts.Reading;

/// <summary>A .json file: an array of prompts, or prompts one after another. Elements are numbered from 1.</summary>
internal static class JsonPromptFile
{
    public static async IAsyncEnumerable<PromptLine> ReadAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var utf8 = await TextFile.OpenUtf8Async(file, name, cancellation);
        await using var pieces = JsonSplitter.SplitAsync(utf8, cancellation).GetAsyncEnumerator(cancellation);
        var number = 0L;
        while (true)
        {
            PromptLine? broken = null;
            try
            {
                if (!await pieces.MoveNextAsync()) break;
            }
            catch (DecoderFallbackException)
            {
                broken = PromptLine.Bad(number + 1, "invalid-utf16", "The bytes from here on are not UTF-16.", "Save the file as UTF-8.");
            }
            if (broken is not null)
            {
                yield return broken;
                break;
            }
            yield return Parse(++number, pieces.Current);
        }
    }

    private static PromptLine Parse(long number, JsonSplitter.Piece piece)
    {
        if (piece.Bytes is null)
            return PromptLine.Bad(number, "line-too-long", $"The element has {piece.Length} bytes.", $"Keep each prompt to {LineReader.MaximumLine} bytes, and look for a quote that is never closed.");
        try
        {
            using var document = JsonDocument.Parse(piece.Bytes);
            return PromptJson.Parse(number, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            return PromptLine.Bad(number, "invalid-json", $"The element is no JSON: it breaks at its line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.",
                "Repair it; where a quote or bracket is never closed, all behind it is lost. One prompt a line in a .jsonl file loses only the line.");
        }
    }
}
