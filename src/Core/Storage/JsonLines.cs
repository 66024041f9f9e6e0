using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Storage;

/// <summary>Blobs of one JSON value a line, written and read as a stream, so that their size does not matter.</summary>
public static class JsonLines
{
    /// <summary>Writes the values in order.</summary>
    /// <returns>SHA-256 of what was written, in hexadecimal.</returns>
    public static async Task<string> WriteAsync<T>(IBlobStore blobs, string path, IAsyncEnumerable<T> values, CancellationToken cancellation = default)
    {
        // On disk first: a blob is written whole, and a data set may not fit in memory.
        await using var file = Scratch.NewFile();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await foreach (var value in values.WithCancellation(cancellation))
        {
            byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, RlhfJson.Options), (byte)'\n'];
            hash.AppendData(line);
            await file.WriteAsync(line, cancellation);
        }
        file.Position = 0;
        await blobs.WriteAsync(path, file, default, cancellation);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static Task<string> WriteAsync<T>(IBlobStore blobs, string path, IEnumerable<T> values, CancellationToken cancellation = default) =>
        WriteAsync(blobs, path, values.ToAsyncEnumerable(), cancellation);

    /// <summary>The values in order, none where there is no such blob. A torn line (the end of a file that is being appended to) is passed over.</summary>
    public static async IAsyncEnumerable<T> ReadAsync<T>(IBlobStore blobs, string path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var content = await blobs.OpenReadAsync(path, cancellation);
        if (content is null) yield break;
        var pipe = PipeReader.Create(content.Stream, new StreamPipeReaderOptions(bufferSize: 65_536, leaveOpen: true));
        while (true)
        {
            var result = await pipe.ReadAsync(cancellation);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                if (TryParse<T>(buffer.Slice(0, end), out var value)) yield return value;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }
            if (result.IsCompleted)
            {
                if (TryParse<T>(buffer, out var last)) yield return last;
                break;
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
        await pipe.CompleteAsync();
    }

    private static bool TryParse<T>(ReadOnlySequence<byte> line, out T value)
    {
        value = default!;
        if (line.IsEmpty) return false;
        try
        {
            var reader = new Utf8JsonReader(line);
            value = JsonSerializer.Deserialize<T>(ref reader, RlhfJson.Options)!;
            // Something behind the value: two writes that met in one line.
            return value is not null && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
