using Parquet;
using Rlhf.Storage;

namespace Rlhf.Prompts.Reading;

/// <summary>Opens a Parquet file that comes as a stream: the format is read from its end, where a stream may not go, so it is copied to disk first.</summary>
internal static class ParquetFile
{
    public static async Task<FileStream> CopyAsync(Stream file, string name, CancellationToken cancellation)
    {
        var copy = Scratch.NewFile();
        await file.CopyToAsync(copy, cancellation);
        if (copy.Length == 0)
        {
            await copy.DisposeAsync();
            throw new RlhfException("empty-file", $"'{name}' is empty.", "Drop a file with at least one row.");
        }
        copy.Position = 0;
        return copy;
    }

    public static async Task<ParquetReader> OpenAsync(Stream file, string name, CancellationToken cancellation)
    {
        try
        {
            return await ParquetReader.CreateAsync(file, cancellationToken: cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new RlhfException("damaged-file", $"'{name}' is no Parquet file, or only a part of one: {e.Message}", "Copy or write it again.", inner: e);
        }
    }
}
