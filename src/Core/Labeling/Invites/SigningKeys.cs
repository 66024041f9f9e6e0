using System.Security.Cryptography;
using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Labeling.Invites;

/// <summary>The keys that sign invites. New invites use the current one; older ones stay valid while their key is kept.</summary>
public interface ISigningKeys
{
    SigningKey Current { get; }

    /// <summary>Null where the key is unknown or no longer kept.</summary>
    SigningKey? Find(string id);
}

public sealed record SigningKey(string Id, byte[] Secret);

/// <summary>Keys in a file of the host's data folder that only its user can read; made at the first use.</summary>
public sealed class FileSigningKeys(string path) : ISigningKeys
{
    private const int SecretBytes = 32;

    private readonly Lazy<List<SigningKey>> keys = new(() => ReadOrCreate(path));

    public SigningKey Current => keys.Value[^1];

    public SigningKey? Find(string id) => keys.Value.Find(k => k.Id == id);

    private static List<SigningKey> ReadOrCreate(string path)
    {
        if (!File.Exists(path)) Create(path);
        try
        {
            using var stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize<List<SigningKey>>(stream, RlhfJson.Options) is { Count: > 0 } keys) return keys;
        }
        catch (JsonException)
        {
        }
        throw new RlhfException("signing-keys-unreadable", $"'{path}' holds no signing keys.",
            "Restore the file, or delete it: then a new key is made and all invites must be sent again.", 500);
    }

    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var first = new SigningKey("k1", RandomNumberGenerator.GetBytes(SecretBytes));
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options)) JsonSerializer.Serialize(stream, new List<SigningKey> { first }, RlhfJson.Options);
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was faster; its key stands.
            File.Delete(temporary);
        }
    }
}
