using Rlhf.Storage;

namespace Rlhf.Training.Launching;

/// <summary>The end of a log, for a person.</summary>
public static class LogTail
{
    private const int MostBytes = 16 * 1024;

    /// <returns>The last lines, or an empty string where there is no such file.</returns>
    public static string Of(string path, int lines)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Seek(-Math.Min(file.Length, MostBytes), SeekOrigin.End);
            using var reader = new StreamReader(file);
            return Last(reader.ReadToEnd(), lines);
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>The same of a blob, however long; it is read through, and only its end is kept.</summary>
    public static async Task<string> OfAsync(IBlobStore blobs, string path, int lines, CancellationToken cancellation = default)
    {
        await using var content = await blobs.OpenReadAsync(path, cancellation);
        if (content is null) return "";
        using var reader = new StreamReader(content.Stream);
        var end = new Queue<string>();
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            end.Enqueue(line.Length > MostBytes ? line[..MostBytes] : line);
            if (end.Count > lines * 2) end.Dequeue();
        }
        return Last(string.Join('\n', end), lines);
    }

    private static string Last(string text, int lines)
    {
        var last = string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(lines));
        return last.Length > MostBytes ? last[^MostBytes..] : last;
    }
}
