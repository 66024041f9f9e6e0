using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Rlhf.Web.Security;

/// <summary>Owners by Entra sign-in: App Service authentication, in front of the app, checks the sign-in and says who calls in <c>X-MS-CLIENT-PRINCIPAL</c>. It takes that header off
/// what comes from outside, so it is to be believed behind it and nowhere else.</summary>
public sealed class EntraOwners : IOwnerAccess
{
    public const string PrincipalHeader = "X-MS-CLIENT-PRINCIPAL";
    private const string NameHeader = "X-MS-CLIENT-PRINCIPAL-NAME";
    private const int LongestName = 100;
    private const string EntraProvider = "aad";
    private const int LongestHeader = 64 * 1024;
    private static readonly string[] objectIdClaims = ["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"];

    private readonly HashSet<Guid> owners;

    /// <param name="objectIds">Object ids of Entra users, comma-separated.</param>
    /// <exception cref="RlhfException"><c>invalid-owners</c>.</exception>
    public EntraOwners(string objectIds)
    {
        owners = [.. objectIds.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ToObjectId)];
        if (owners.Count == 0) throw new RlhfException("invalid-owners", $"The setting {AppSettings.Owners} names nobody.", "Name the owners' Entra object ids, comma-separated.", 500);
    }

    public string? SignInPath => "/.auth/login/aad";

    public ValueTask<bool> IsOwnerAsync(HttpRequest request)
    {
        var header = request.Headers[PrincipalHeader];
        return new(header.Count == 1 && header[0] is { Length: > 0 and <= LongestHeader } text && ObjectIdOf(text) is { } id && owners.Contains(id));
    }

    public string NameOf(HttpRequest request) => request.Headers[NameHeader].ToString() is { Length: > 0 and <= LongestName } name ? name : Campaigns.SettingsChange.Owner;

    /// <summary>The object id of an Entra principal; null for any other identity provider and for what can't be read.</summary>
    private static Guid? ObjectIdOf(string header)
    {
        try
        {
            var principal = JsonSerializer.Deserialize<Principal>(Convert.FromBase64String(header), JsonSerializerOptions.Web);
            if (principal?.Provider != EntraProvider) return null;
            var claims = (principal.Claims ?? []).Where(c => objectIdClaims.Contains(c.Type)).Select(c => c.Value).Distinct().ToList();
            return claims.Count == 1 && Guid.TryParse(claims[0], out var id) ? id : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static Guid ToObjectId(string text) => Guid.TryParse(text, out var id) ? id
        : throw new RlhfException("invalid-owners", $"'{text}' in the setting {AppSettings.Owners} is not an Entra object id.", "Find it with: az ad signed-in-user show --query id", 500);

    private sealed record Principal([property: JsonPropertyName("auth_typ")] string? Provider, IReadOnlyList<Claim>? Claims);

    private sealed record Claim([property: JsonPropertyName("typ")] string? Type, [property: JsonPropertyName("val")] string? Value);
}
