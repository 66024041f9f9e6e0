using Rlhf.Local.Hosting;

namespace Rlhf.Local.Checks;

/// <summary>What one machine must have: looked at by every <c>run</c>, shown in full by <c>doctor</c>.</summary>
public static class MachineChecks
{
    private const long Gigabyte = 1L << 30;

    /// <summary>Cheap ones, that <c>run</c> makes each time.</summary>
    public static IReadOnlyList<Check> Quick(DataFolder data, string? model) => [Disk(data), Model(model)];

    public static Check Disk(DataFolder data)
    {
        var free = new DriveInfo(Path.GetPathRoot(data.Root) is { Length: > 0 } root && OperatingSystem.IsWindows() ? root : data.Root).AvailableFreeSpace;
        var needed = LibtorchIsHere() ? Gigabyte : 4 * Gigabyte;
        var found = $"{free / (double)Gigabyte:0.0} GB free in {data.Root}";
        return free >= needed
            ? new("disk", found)
            : new("disk", found, $"The disk of '{data.Root}' has {free / (double)Gigabyte:0.0} GB left, and about {needed / Gigabyte} GB are needed.", "Free some space, or keep the data elsewhere with --data FOLDER.");
    }

    public static Check Model(string? model)
    {
        var folder = model ?? ShippedModel.Find();
        if (folder is null) return new("model", "none", "The model that ships with the project is looked for in models/, and this is no clone of it.", "Start from a clone, or name a model with --model FOLDER.");
        string[] needed = ["config.json", "model.safetensors", "model.onnx"];
        var missing = needed.Where(file => !File.Exists(Path.Combine(folder, file))).ToList();
        return missing.Count == 0
            ? new("model", folder)
            : new("model", folder, $"The model folder '{folder}' lacks {string.Join(" and ", missing)}.", "Name a folder in Hugging Face layout with --model FOLDER; the README says how one is made.");
    }

    /// <summary>Whether the 700 MB have been downloaded before.</summary>
    public static bool LibtorchIsHere()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Directory.Exists(packages) && Directory.EnumerateDirectories(packages, "libtorch-cpu-*").Any();
    }
}
