using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Rlhf.Web.Security;

/// <summary>Whether a request comes from the owner. An admin token on one machine; the platform's sign-in in Azure.</summary>
public interface IOwnerAccess
{
    ValueTask<bool> IsOwnerAsync(HttpRequest request);

    /// <summary>Who the owner is, for the history; hosts with one token don't tell owners apart.</summary>
    string NameOf(HttpRequest request) => Campaigns.SettingsChange.Owner;

    /// <summary>Where an owner who has not signed in does so; null where a token is asked for instead.</summary>
    string? SignInPath => null;
}

/// <summary><c>Authorization: Bearer &lt;token&gt;</c>, asked of loopback too: other people's programs run there.</summary>
public sealed class AdminToken : IOwnerAccess
{
    private const string Scheme = "Bearer ";
    private const int ShortestToken = 16;

    private readonly byte[] hash;

    /// <param name="token">At least 16 characters.</param>
    /// <exception cref="RlhfException"><c>admin-token-too-short</c>.</exception>
    public AdminToken(string token)
    {
        if (token.Length < ShortestToken) throw new RlhfException("admin-token-too-short", $"An admin token of {token.Length} characters can be guessed.", $"Use at least {ShortestToken}, e.g. one made by AdminToken.New().");
        hash = Hash(token);
    }

    /// <summary>A new random token, safe in an address.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public ValueTask<bool> IsOwnerAsync(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        // Hashes have one length, so the comparison's time tells nothing about the token.
        return new(header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && CryptographicOperations.FixedTimeEquals(Hash(header[Scheme.Length..].Trim()), hash));
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
