using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rlhf.Labeling.Invites;

/// <summary>What an invite's token says, once its signature has been checked: <c>keyId.campaign.annotator.expiry.signature</c>, HMAC-SHA256 over all before it.</summary>
/// <param name="ExpiresAt">Whole seconds.</param>
public sealed record InviteToken(CampaignId Campaign, AnnotatorId Annotator, DateTimeOffset ExpiresAt)
{
    private const int MaximumLength = 400;

    public string Sign(SigningKey key)
    {
        var payload = string.Create(CultureInfo.InvariantCulture, $"{key.Id}.{Campaign}.{Annotator}.{ExpiresAt.ToUnixTimeSeconds()}");
        return $"{payload}.{Base64Url.EncodeToString(Signature(key, payload))}";
    }

    /// <summary>Null for anything that was not signed with one of <paramref name="keys"/>. Says nothing about expiry or revocation.</summary>
    public static InviteToken? Read(string token, ISigningKeys keys)
    {
        var parts = token.Length <= MaximumLength ? token.Split('.') : [];
        if (parts.Length != 5 || keys.Find(parts[0]) is not { } key) return null;
        if (!Base64Url.IsValid(parts[4]) || !IdRules.IsValid(parts[1]) || !IdRules.IsValid(parts[2])) return null;
        var payload = token[..token.LastIndexOf('.')];
        if (!CryptographicOperations.FixedTimeEquals(Signature(key, payload), Base64Url.DecodeFromChars(parts[4]))) return null;
        return long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var expiry)
            ? new(CampaignId.From(parts[1]), AnnotatorId.From(parts[2]), DateTimeOffset.FromUnixTimeSeconds(expiry))
            : null;
    }

    private static byte[] Signature(SigningKey key, string payload) => HMACSHA256.HashData(key.Secret, Encoding.UTF8.GetBytes(payload));
}
