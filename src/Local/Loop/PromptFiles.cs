using System.Text;

namespace Rlhf.Local.Loop;

/// <summary>What a record drops into the inbox.</summary>
public static class PromptFiles
{
    private static readonly string[] known = [".jsonl", ".json", ".csv", ".txt", ".parquet"];

    /// <exception cref="RlhfException"><c>prompt-file-missing</c>, <c>prompt-file-unknown</c>.</exception>
    public static string Check(string path)
    {
        if (!File.Exists(path))
        {
            throw new RlhfException("prompt-file-missing", $"There is no file '{path}'.",
                "Name a file of prompts (.jsonl, .json, .csv, .txt or .parquet), or leave it out to use the project's own support messages.", 404);
        }
        if (!known.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            throw new RlhfException("prompt-file-unknown", $"'{path}' ends in '{Path.GetExtension(path)}', which says nothing about what is in it.",
                $"Rename it to one of {string.Join(" ", known)}.");
        }
        return Path.GetFullPath(path);
    }

    /// <summary>The whole file, or the first lines of the sample where only so many were asked for.</summary>
    public static Stream Open(LoopRecord record)
    {
        if (record is not { IsSample: true, Settings.Prompts: { } count }) return File.OpenRead(Check(record.File));
        var lines = File.ReadLines(record.File).Where(line => line.Length > 0).Take(count);
        return new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
    }
}
