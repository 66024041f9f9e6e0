using System.Runtime.CompilerServices;
using System.Text;

namespace Rlhf.Prompts.Reading;

/// <summary>The lines of a text file, blank ones left out. Bytes that are no UTF-16, where the file said it is, end the reading with an error.</summary>
internal static class TextLines
{
    public static async IAsyncEnumerable<LineReader.Line> ReadAsync(Stream file, string name, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var utf8 = await TextFile.OpenUtf8Async(file, name, cancellation);
        await using var lines = LineReader.ReadAsync(utf8, cancellation).GetAsyncEnumerator(cancellation);
        var number = 0L;
        while (true)
        {
            LineError? broken = null;
            try
            {
                if (!await lines.MoveNextAsync()) break;
            }
            catch (DecoderFallbackException)
            {
                broken = new(number + 1, "invalid-utf16", "The bytes from here on are not UTF-16.", "Save the file as UTF-8.");
            }
            if (broken is not null)
            {
                yield return new(number + 1, null, broken);
                break;
            }
            number = lines.Current.Number;
            if (lines.Current.Problem is not null || !string.IsNullOrWhiteSpace(lines.Current.Text)) yield return lines.Current;
        }
    }
}
