using System.Buffers;
using System.Text;
using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Storage;

/// <summary>Typed reading and writing over the two ports.</summary>
public static class StorageExtensions
{
    private const int CompareBuffer = 64 << 10;

    /// <summary>Bytes up to which a blob of JSON is read before it is parsed.</summary>
    private const int ReadWhole = 1 << 20;

    public static async Task<string?> ReadTextAsync(this IBlobStore blobs, string path, CancellationToken cancellation = default)
    {
        await using var content = await blobs.OpenReadAsync(path, cancellation);
        if (content is null) return null;
        using var reader = new StreamReader(content.Stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellation);
    }

    /// <summary>Null where there is no such blob.</summary>
    /// <exception cref="RlhfException"><c>damaged-blob</c>: what stands there is not what was written.</exception>
    public static async Task<T?> ReadJsonAsync<T>(this IBlobStore blobs, string path, CancellationToken cancellation = default) where T : class
    {
        await using var content = await blobs.OpenReadAsync(path, cancellation);
        if (content is null) return null;
        try
        {
            return content.Length <= ReadWhole
                ? await ReadWholeAsync<T>(content, cancellation)
                : await JsonSerializer.DeserializeAsync<T>(content.Stream, RlhfJson.Options, cancellation);
        }
        catch (JsonException e)
        {
            throw new RlhfException("damaged-blob", $"'{path}' is damaged: {e.Message}", "Restore it from a copy, or remove it where it can be made again.", 500, e);
        }
    }

    /// <summary>From memory: a parser that may have to stop in the middle of any value is slower, an export of whole batches by a sixth.</summary>
    private static async Task<T?> ReadWholeAsync<T>(BlobContent content, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)content.Length);
        try
        {
            var read = await content.Stream.ReadAtLeastAsync(buffer, (int)content.Length, throwOnEndOfStream: false, cancellation);
            var json = buffer.AsSpan(0, read);
            return JsonSerializer.Deserialize<T>(json.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json, RlhfJson.Options);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static async Task<string?> WriteTextAsync(
        this IBlobStore blobs, string path, string text, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await blobs.WriteAsync(path, stream, condition, cancellation);
    }

    public static async Task<string?> WriteJsonAsync<T>(
        this IBlobStore blobs, string path, T value, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        using var stream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, RlhfJson.Options));
        return await blobs.WriteAsync(path, stream, condition, cancellation);
    }

    /// <summary>Whether two blobs are there with the same bytes.</summary>
    internal static async Task<bool> HoldsSameAsync(this IBlobStore blobs, string path, string other, CancellationToken cancellation = default)
    {
        await using var first = await blobs.OpenReadAsync(path, cancellation);
        await using var second = await blobs.OpenReadAsync(other, cancellation);
        if (first is null || second is null || first.Length != second.Length) return false;
        var (left, right) = (new byte[CompareBuffer], new byte[CompareBuffer]);
        while (true)
        {
            var read = await first.Stream.ReadAtLeastAsync(left, CompareBuffer, throwOnEndOfStream: false, cancellation);
            var readOfOther = await second.Stream.ReadAtLeastAsync(right, CompareBuffer, throwOnEndOfStream: false, cancellation);
            if (!left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, readOfOther))) return false;
            if (read == 0) return true;
        }
    }

    public static T ReadBody<T>(this TableRow row) => JsonSerializer.Deserialize<T>(row.Body, RlhfJson.Options)!;

    /// <returns>The new ETag, or null where the row exists.</returns>
    public static Task<string?> TryInsertAsync<T>(
        this ITableStore tables, string table, string partition, string row, T body, CancellationToken cancellation = default) =>
        tables.WriteOneAsync(table, partition, new(TableOperationKind.Insert, row, ToBody(body)), cancellation);

    /// <returns>The new ETag, or null where the row has another ETag by now or is gone.</returns>
    public static Task<string?> TryReplaceAsync<T>(
        this ITableStore tables, string table, string partition, string row, T body, string etag, CancellationToken cancellation = default) =>
        tables.WriteOneAsync(table, partition, new(TableOperationKind.Replace, row, ToBody(body), etag), cancellation);

    public static Task<string?> UpsertAsync<T>(
        this ITableStore tables, string table, string partition, string row, T body, CancellationToken cancellation = default) =>
        tables.WriteOneAsync(table, partition, new(TableOperationKind.Upsert, row, ToBody(body)), cancellation);

    public static async Task<bool> TryDeleteAsync(
        this ITableStore tables, string table, string partition, string row, string? etag = null, CancellationToken cancellation = default) =>
        await tables.WriteAsync(table, partition, [new(TableOperationKind.Delete, row, ETag: etag)], cancellation) is not null;

    public static string ToBody<T>(T body) => JsonSerializer.Serialize(body, RlhfJson.Options);

    private static async Task<string?> WriteOneAsync(
        this ITableStore tables, string table, string partition, TableOperation operation, CancellationToken cancellation) =>
        (await tables.WriteAsync(table, partition, [operation], cancellation))?[0];
}
