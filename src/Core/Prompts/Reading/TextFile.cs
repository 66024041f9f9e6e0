using System.Text;

namespace Rlhf.Prompts.Reading;

/// <summary>Opens a text file in UTF-8 whatever it was: a byte-order mark tells UTF-16 (either order) and UTF-8; without one it is UTF-8.</summary>
public static class TextFile
{
    private const int Probe = 4096;

    /// <summary>The file's bytes in UTF-8, without mark.</summary>
    /// <exception cref="RlhfException"><c>empty-file</c>, or <c>binary-file</c> where a zero byte says that it is no text.</exception>
    public static async Task<Stream> OpenUtf8Async(Stream file, string name, CancellationToken cancellation)
    {
        var head = new byte[Probe];
        var length = await file.ReadAtLeastAsync(head, Probe, throwOnEndOfStream: false, cancellation);
        if (length == 0)
            throw new RlhfException("empty-file", $"'{name}' is empty.", "Drop a file with at least one prompt.");
        var (encoding, mark) = Detect(head.AsSpan(0, length));
        if (encoding is null && head.AsSpan(0, length).Contains((byte)0))
            throw new RlhfException("binary-file", $"'{name}' is no text: it holds zero bytes.",
                "Save it as UTF-8 text (.jsonl, .json, .csv, .txt), or give a Parquet file the extension .parquet.");
        var whole = new PrefixedStream(head.AsMemory(mark, length - mark), file);
        return encoding is null ? whole : Encoding.CreateTranscodingStream(whole, encoding, new UTF8Encoding(false, throwOnInvalidBytes: true));
    }

    /// <returns>Null for UTF-8, and how many bytes the mark has.</returns>
    private static (Encoding? Encoding, int Mark) Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return (null, 3);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), 2);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), 2);
        return (null, 0);
    }
}
