using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Training.Launching;

/// <summary>A trainer's process, on disk, so that a host that is started again finds the one that its forerunner left running.</summary>
public sealed record JobRecord(RunId Run, ProcessIdentity Process)
{
    public string Execution => $"{Process.Id}-{Process.StartedAt.Ticks}";

    public static string FileOf(string folder, RunId run) => Path.Combine(folder, $"{run}.json");

    public static JobRecord? Read(string folder, RunId run)
    {
        try
        {
            return JsonSerializer.Deserialize<JobRecord>(File.ReadAllText(FileOf(folder, run)), RlhfJson.Options);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void Write(string folder)
    {
        var path = FileOf(folder, Run);
        File.WriteAllText(path + ".part", JsonSerializer.Serialize(this, RlhfJson.Options));
        File.Move(path + ".part", path, overwrite: true);
    }
}
