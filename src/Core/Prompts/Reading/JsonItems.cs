using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Rlhf.Prompts.Reading;

/// <summary>One value of a file: a line of JSON, an element of an array, a row. Or why it is none.</summary>
/// <param name="Line">From 1; the element's number where values are not one a line.</param>
public readonly record struct JsonItem(long Line, JsonElement? Value, LineError? Error)
{
    public static JsonItem Good(long line, JsonElement value) => new(line, value, null);

    public static JsonItem Bad(long line, string code, string message, string remedy) => new(line, null, new(line, code, message, remedy));
}

/// <summary>JSON values out of a text file, one after another; a broken one costs only itself.</summary>
public static class JsonItems
{
    /// <summary>One value a line; blank lines are passed over.</summary>
    public static IAsyncEnumerable<JsonItem> ReadLinesAsync(Stream file, string name, CancellationToken cancellation = default) =>
        TextLines.ReadAsync(file, name, cancellation).Select(l => l.Problem is { } problem ? new JsonItem(l.Number, null, problem) : ParseLine(l.Number, l.Text!));

    /// <summary>The elements of an array, or values one after another.</summary>
    public static async IAsyncEnumerable<JsonItem> ReadElementsAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var utf8 = await TextFile.OpenUtf8Async(file, name, cancellation);
        await using var pieces = JsonSplitter.SplitAsync(utf8, cancellation).GetAsyncEnumerator(cancellation);
        var number = 0L;
        while (true)
        {
            JsonItem? broken = null;
            try
            {
                if (!await pieces.MoveNextAsync()) break;
            }
            catch (DecoderFallbackException)
            {
                broken = JsonItem.Bad(number + 1, "invalid-utf16", "The bytes from here on are not UTF-16.", "Save the file as UTF-8.");
            }
            if (broken is { } last)
            {
                yield return last;
                break;
            }
            yield return ParseElement(++number, pieces.Current);
        }
    }

    private static JsonItem ParseLine(long number, string text)
    {
        try
        {
            return JsonItem.Good(number, Parse(Encoding.UTF8.GetBytes(text)));
        }
        catch (JsonException e)
        {
            return JsonItem.Bad(number, "invalid-json", $"The line is no JSON: it breaks at byte {e.BytePositionInLine + 1}.", "Write one JSON value a line.");
        }
    }

    private static JsonItem ParseElement(long number, JsonSplitter.Piece piece)
    {
        if (piece.Bytes is null)
            return JsonItem.Bad(number, "line-too-long", $"The element has {piece.Length} bytes.", $"Keep each element to {LineReader.MaximumLine} bytes, and look for a quote that is never closed.");
        try
        {
            return JsonItem.Good(number, Parse(piece.Bytes));
        }
        catch (JsonException e)
        {
            return JsonItem.Bad(number, "invalid-json", $"The element is no JSON: it breaks at its line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.",
                "Repair it; where a quote or bracket is never closed, all behind it is lost. One value a line in a .jsonl file loses only the line.");
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
