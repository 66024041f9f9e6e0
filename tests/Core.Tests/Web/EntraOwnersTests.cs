using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rlhf.Web.Security;

namespace Rlhf.Core.Tests.Web;

public sealed class EntraOwnersTests
{
    private const string Owner = "1f0e8a52-7a3c-4f6a-9d39-0a8a4b1c2d3e";
    private const string ObjectId = "http://schemas.microsoft.com/identity/claims/objectidentifier";

    private readonly EntraOwners owners = new($" {Owner} , 2f0e8a52-7a3c-4f6a-9d39-0a8a4b1c2d3e");

    [Theory]
    [InlineData(ObjectId)]
    [InlineData("oid")]
    public async Task IsOwner_AnOwnersPrincipal_Is(string claim) =>
        Assert.True(await IsOwnerAsync(Principal("aad", (claim, Owner.ToUpperInvariant()), ("name", "Ada"))));

    [Fact]
    public async Task IsOwner_AnybodyElse_IsNot()
    {
        Assert.False(await IsOwnerAsync());
        Assert.False(await IsOwnerAsync(""));
        Assert.False(await IsOwnerAsync("not base64"));
        Assert.False(await IsOwnerAsync(Convert.ToBase64String("not json"u8)));
        Assert.False(await IsOwnerAsync(Principal("aad", (ObjectId, Guid.NewGuid().ToString()))));
        Assert.False(await IsOwnerAsync(Principal("aad", ("name", Owner))));
        Assert.False(await IsOwnerAsync(Principal("aad")));
    }

    /// <summary>Another provider may let people choose what they are called.</summary>
    [Fact]
    public async Task IsOwner_AnotherIdentityProvider_IsNot() => Assert.False(await IsOwnerAsync(Principal("github", (ObjectId, Owner))));

    [Fact]
    public async Task IsOwner_TwoPrincipalsOrTwoIds_IsNot()
    {
        var principal = Principal("aad", (ObjectId, Owner));
        Assert.False(await IsOwnerAsync(principal, principal));
        Assert.False(await IsOwnerAsync(Principal("aad", (ObjectId, Owner), ("oid", Guid.NewGuid().ToString()))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("ada@example.org")]
    public void New_NobodyOrNoObjectId_IsRefused(string setting) =>
        Assert.Equal("invalid-owners", Assert.Throws<RlhfException>(() => new EntraOwners(setting)).Code);

    private async Task<bool> IsOwnerAsync(params string[] headers)
    {
        var http = new DefaultHttpContext();
        if (headers.Length > 0) http.Request.Headers[EntraOwners.PrincipalHeader] = headers;
        return await owners.IsOwnerAsync(http.Request);
    }

    private static string Principal(string provider, params (string Type, string Value)[] claims) => Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        new { auth_typ = provider, name_typ = "name", role_typ = "roles", claims = claims.Select(c => new { typ = c.Type, val = c.Value }) })));
}
