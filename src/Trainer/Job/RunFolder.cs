using Rlhf.Storage;

namespace Rlhf.Trainer.Job;

/// <summary>Local folders that go up to storage whole.</summary>
internal static class RunFolder
{
    /// <summary>Makes a folder, lets it be filled and uploads every file of it below <paramref name="prefix"/>.</summary>
    public static async Task UploadAsync(IBlobStore blobs, string prefix, Action<string> fill, CancellationToken cancellation)
    {
        using var folder = Scratch.NewFolder("publish");
        fill(folder.Path);
        foreach (var file in Directory.EnumerateFiles(folder.Path).Order(StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(file);
            await blobs.WriteAsync($"{prefix}/{Path.GetFileName(file)}", content, default, cancellation);
        }
    }
}
