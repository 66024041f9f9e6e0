using System.Runtime.CompilerServices;

namespace Rlhf.Prompts.Reading;

/// <summary>Cuts a JSON array, or values one after another, into its elements' bytes by brackets and quotes alone, so that a broken element costs only itself.</summary>
internal sealed class JsonSplitter
{
    private readonly List<byte> element = [];
    private int depth;
    private bool isInString;
    private bool isEscaped;
    private long length;

    /// <param name="Bytes">Null where the element is longer than <see cref="LineReader.MaximumLine"/>.</param>
    public readonly record struct Piece(long Length, byte[]? Bytes);

    public static async IAsyncEnumerable<Piece> SplitAsync(Stream utf8, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var splitter = new JsonSplitter();
        var buffer = new byte[65_536];
        var isFirst = true;
        int count;
        while ((count = await utf8.ReadAsync(buffer, cancellation)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                var value = buffer[i];
                if (isFirst && IsSpace(value)) continue;
                // The array's own brackets are left out: its elements are what counts.
                if (isFirst && value == '[') { isFirst = false; continue; }
                isFirst = false;
                if (splitter.Take(value) is { } piece) yield return piece;
            }
        }
        if (splitter.length > 0) yield return splitter.Cut();
    }

    /// <returns>The element that this byte ends, if it ends one.</returns>
    private Piece? Take(byte value)
    {
        if (isInString) return TakeInString(value);
        if (depth == 0 && (IsSpace(value) || value is (byte)',' or (byte)']')) return length > 0 ? Cut() : null;
        Keep(value);
        switch (value)
        {
            case (byte)'"':
                isInString = true;
                return null;
            case (byte)'{' or (byte)'[':
                depth++;
                return null;
            case (byte)'}' or (byte)']' when depth > 0:
                return --depth == 0 ? Cut() : null;
            default:
                return null;
        }
    }

    private Piece? TakeInString(byte value)
    {
        Keep(value);
        if (isEscaped) isEscaped = false;
        else if (value == '\\') isEscaped = true;
        else if (value == '"') isInString = false;
        return !isInString && depth == 0 ? Cut() : null;
    }

    private void Keep(byte value)
    {
        if (++length <= LineReader.MaximumLine) element.Add(value);
    }

    private Piece Cut()
    {
        var piece = new Piece(length, length > LineReader.MaximumLine ? null : [.. element]);
        element.Clear();
        (length, depth, isInString, isEscaped) = (0, 0, false, false);
        return piece;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
