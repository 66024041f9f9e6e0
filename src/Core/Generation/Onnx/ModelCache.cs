using System.Security.Cryptography;
using System.Text;
using Rlhf.Storage;

namespace Rlhf.Generation.Onnx;

/// <summary>Brings a model to a local folder, since libraries read files. A reference is <c>file:&lt;folder&gt;</c> or a blob prefix such as <c>runs/demo-run1/model</c>.</summary>
/// <param name="root">Folder for downloads; one folder each model version, never changed once complete.</param>
public sealed class ModelCache(IBlobStore blobs, string root)
{
    public const string FilePrefix = "file:";

    /// <summary>Local folder of the model; downloaded where it is a blob prefix and this version is not here yet.</summary>
    /// <exception cref="RlhfException"><c>model-missing</c>: no such folder, or no blob begins with the prefix.</exception>
    public async Task<string> GetFolderAsync(string reference, CancellationToken cancellation = default)
    {
        if (reference.StartsWith(FilePrefix, StringComparison.Ordinal)) return LocalFolder(reference[FilePrefix.Length..]);
        var prefix = reference.TrimEnd('/') + "/";
        var items = new List<BlobItem>();
        await foreach (var item in blobs.ListAsync(prefix, cancellation)) items.Add(item);
        if (items.Count == 0) throw Missing($"There is no model under '{reference}' in storage.");

        var folder = Path.Combine(root, VersionName(prefix, items));
        if (!Directory.Exists(folder)) await DownloadAsync(prefix, items, folder, cancellation);
        return folder;
    }

    /// <summary>Bytes of the model without bringing it here: its <c>model.onnx</c>, or its weights where it has none; null where it has neither, which the one who loads it says better.</summary>
    public async Task<long?> FindSizeAsync(string reference, CancellationToken cancellation = default)
    {
        foreach (var name in (string[])["model.onnx", "model.safetensors"])
        {
            if (await FindLengthAsync(reference, name, cancellation) is { } length) return length;
        }
        return null;
    }

    private async Task<long?> FindLengthAsync(string reference, string name, CancellationToken cancellation)
    {
        if (!reference.StartsWith(FilePrefix, StringComparison.Ordinal)) return (await blobs.FindAsync($"{reference.TrimEnd('/')}/{name}", cancellation))?.Length;
        var file = new FileInfo(Path.Combine(reference[FilePrefix.Length..], name));
        return file.Exists ? file.Length : null;
    }

    private static string LocalFolder(string path) =>
        Directory.Exists(path) ? Path.GetFullPath(path) : throw Missing($"There is no model folder '{path}'.");

    private static RlhfException Missing(string message) =>
        new("model-missing", message, "Name a folder (file:<path>) or a blob prefix that holds a model in Hugging Face layout.", 404);

    /// <summary>Changes with any file of the model.</summary>
    private static string VersionName(string prefix, List<BlobItem> items)
    {
        var description = prefix + string.Join('\n', items.Select(item => $"{item.Path} {item.Length} {item.ETag}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(description)))[..32];
    }

    private async Task DownloadAsync(string prefix, List<BlobItem> items, string folder, CancellationToken cancellation)
    {
        var partial = $"{folder}.{Guid.NewGuid():N}.part";
        foreach (var item in items)
        {
            var file = Path.Combine(partial, item.Path[prefix.Length..].Replace('/', Path.DirectorySeparatorChar));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await using var content = await blobs.OpenReadAsync(item.Path, cancellation)
                ?? throw Missing($"'{item.Path}' vanished while the model was being downloaded.");
            await using var target = File.Create(file);
            await content.Stream.CopyToAsync(target, cancellation);
        }

        try
        {
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Somebody else was faster; theirs is the same.
            Directory.Delete(partial, recursive: true);
        }
    }
}
