using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Labeling.Invites;

/// <summary>Signing keys from a setting, oldest first; the last one signs. A key is rotated by adding one and, once its invites have run out, taking the old one away.</summary>
public sealed class ConfiguredSigningKeys : ISigningKeys
{
    private const int ShortestSecret = 32;

    private readonly List<SigningKey> keys;

    /// <param name="json"><c>[{"id":"k1","secret":"base64 of at least 32 bytes"}]</c>.</param>
    /// <exception cref="RlhfException"><c>signing-keys-unreadable</c>.</exception>
    public ConfiguredSigningKeys(string? json)
    {
        keys = Read(json);
        if (keys.Count == 0) throw Unreadable("holds no key");
        if (keys.Find(k => string.IsNullOrEmpty(k.Id) || k.Secret is null || k.Secret.Length < ShortestSecret) is { } weak)
            throw Unreadable($"has a key '{weak.Id}' without an id or with fewer than {ShortestSecret} bytes");
        if (keys.Select(k => k.Id).Distinct().Count() < keys.Count) throw Unreadable("has two keys of one id");
    }

    public SigningKey Current => keys[^1];

    public SigningKey? Find(string id) => keys.Find(k => k.Id == id);

    private static List<SigningKey> Read(string? json)
    {
        if (string.IsNullOrWhiteSpace(json)) throw Unreadable("is not set");
        try
        {
            return JsonSerializer.Deserialize<List<SigningKey>>(json, RlhfJson.Options) ?? [];
        }
        catch (JsonException)
        {
            // Without the parser's words, which may quote the secret.
            throw Unreadable("is no JSON of signing keys");
        }
    }

    private static RlhfException Unreadable(string what) => new("signing-keys-unreadable", $"The setting {AppSettings.SigningKeys} {what}.",
        """Set it to [{"id":"k1","secret":"<base64 of 32 random bytes>"}], e.g. with a secret from: openssl rand -base64 32""", 500);
}
