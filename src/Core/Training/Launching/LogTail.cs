namespace Rlhf.Training.Launching;

/// <summary>The end of a log file, for a person.</summary>
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
            return string.Join('\n', reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(lines));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
