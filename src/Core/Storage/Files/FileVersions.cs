using System.Globalization;

namespace Rlhf.Storage.Files;

/// <summary>Tells versions of a file apart. An ETag is the file's time and length; the time is set to later than the replaced version's, so that no two versions share one.</summary>
internal static class FileVersions
{
    /// <summary>Null where there is no such file.</summary>
    public static BlobItem? Describe(string path, FileInfo file)
    {
        try
        {
            file.Refresh();
            return file.Exists ? new(path, file.Length, ETagOf(file.LastWriteTimeUtc, file.Length), file.LastWriteTimeUtc) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public static DateTime TimeAfter(BlobItem? replaced)
    {
        var now = DateTime.UtcNow;
        return replaced is null || now > replaced.LastModified.UtcDateTime ? now : replaced.LastModified.UtcDateTime.AddTicks(1);
    }

    public static string ETagOf(DateTime time, long length) => string.Create(CultureInfo.InvariantCulture, $"{time.Ticks:x}-{length:x}");
}
