using System.IO.Pipelines;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Rlhf.Prompts.Reading;

/// <summary>Lines of a UTF-8 stream in bounded memory. A line that is too long or no UTF-8 is told by its number, and reading goes on after it.</summary>
public static class LineReader
{
    /// <summary>Bytes a line may have.</summary>
    public const int MaximumLine = 1_048_576;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="Text">Null where the line can't be read; then <paramref name="Problem"/> says why.</param>
    public readonly record struct Line(long Number, string? Text, LineError? Problem);

    public static async IAsyncEnumerable<Line> ReadAsync(Stream utf8, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var pipe = PipeReader.Create(utf8, new StreamPipeReaderOptions(bufferSize: 65_536, leaveOpen: true));
        var number = 0L;
        var skipped = 0L;
        while (true)
        {
            var result = await pipe.ReadAsync(cancellation);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                yield return Take(++number, buffer.Slice(0, end), skipped);
                skipped = 0;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }
            if (result.IsCompleted)
            {
                if (!buffer.IsEmpty || skipped > 0) yield return Take(++number, buffer, skipped);
                break;
            }
            if (skipped > 0 || buffer.Length > MaximumLine)
            {
                skipped += buffer.Length;
                buffer = buffer.Slice(buffer.End);
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
        await pipe.CompleteAsync();
    }

    /// <param name="skipped">Bytes of the line that were thrown away because it is too long.</param>
    private static Line Take(long number, ReadOnlySequence<byte> bytes, long skipped)
    {
        var length = skipped + bytes.Length;
        if (length > MaximumLine)
            return new(number, null, new(number, "line-too-long", $"The line has {length} bytes.", $"Keep each prompt to {MaximumLine} bytes."));
        try
        {
            return new(number, Strict.GetString(bytes).TrimEnd('\r'), null);
        }
        catch (DecoderFallbackException)
        {
            return new(number, null, new(number, "invalid-utf8", "The line is not UTF-8.", "Save the file as UTF-8, or as UTF-16 with a byte-order mark."));
        }
    }
}
