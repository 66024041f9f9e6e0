namespace Rlhf.Infra.Tests;

/// <summary>The repository these tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A copy of <c>infra/</c> in a folder of its own, so that nothing is written beside the sources.</summary>
    public static TemporaryFolder CopyInfra()
    {
        var copy = new TemporaryFolder();
        var source = PathOf("infra");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Path, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Serverless.sln"))) return folder;
        throw new InvalidOperationException($"No Serverless.sln above '{AppContext.BaseDirectory}'.");
    }
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("rlhf-infra-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
