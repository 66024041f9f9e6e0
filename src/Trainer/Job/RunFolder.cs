using Rlhf.Storage;

namespace Rlhf.Trainer.Job;

/// <summary>Local folders that go up to storage whole.</summary>
internal static class RunFolder
{
    /// <summary>Makes a folder, lets it be filled and uploads every file of it below <paramref name="prefix"/>.</summary>
    public static async Task UploadAsync(IBlobStore blobs, string prefix, Action<string> fill, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("rlhf-publish-").FullName;
        try
        {
            fill(folder);
            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                await using var content = File.OpenRead(file);
                await blobs.WriteAsync($"{prefix}/{Path.GetFileName(file)}", content, default, cancellation);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
