using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rlhf.Labeling.Invites;

/// <summary>What an invite's token says, once its signature has been checked: <c>keyId.campaign.annotator.expiry-generation.signature</c>, HMAC-SHA256 over all before it. Generation 0 is left out with its dash, as in tokens of earlier versions.</summary>
/// <param name="ExpiresAt">Whole seconds.</param>
/// <param name="Generation">Has to be its invite's (<see cref="Invite.Generation"/>).</param>
public sealed record InviteToken(CampaignId Campaign, AnnotatorId Annotator, DateTimeOffset ExpiresAt, int Generation = 0)
{
    private const int MaximumLength = 400;

    public string Sign(SigningKey key)
    {
        var payload = string.Create(CultureInfo.InvariantCulture, $"{key.Id}.{Campaign}.{Annotator}.{ExpiresAt.ToUnixTimeSeconds()}");
        if (Generation > 0) payload += string.Create(CultureInfo.InvariantCulture, $"-{Generation}");
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
        var generation = 0;
        var validity = parts[3].Split('-');
        return long.TryParse(validity[0], NumberStyles.None, CultureInfo.InvariantCulture, out var expiry)
            && (validity.Length == 1 || (validity.Length == 2 && int.TryParse(validity[1], NumberStyles.None, CultureInfo.InvariantCulture, out generation)))
            ? new(CampaignId.From(parts[1]), AnnotatorId.From(parts[2]), DateTimeOffset.FromUnixTimeSeconds(expiry), generation)
            : null;
    }

    private static byte[] Signature(SigningKey key, string payload) => HMACSHA256.HashData(key.Secret, Encoding.UTF8.GetBytes(payload));
}
