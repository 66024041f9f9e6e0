using Rlhf.Labeling.Invites;

namespace Rlhf.Core.Tests.Labeling;

public sealed class ConfiguredSigningKeysTests
{
    private static readonly string Secret = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void Current_IsTheLast_AndOlderOnesAreStillFound()
    {
        var keys = new ConfiguredSigningKeys($$"""[{"id":"k1","secret":"{{Secret}}"},{"id":"k2","secret":"{{Secret}}"}]""");
        Assert.Equal("k2", keys.Current.Id);
        Assert.Equal(32, keys.Find("k1")!.Secret.Length);
        Assert.Null(keys.Find("k0"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("k1=secret-in-the-open")]
    [InlineData("""[{"id":"k1","secret":"c2hvcnQ="}]""")]
    [InlineData("""[{"id":"k1"}]""")]
    [InlineData("""[{"id":"k1","secret":"not base64: secret-in-the-open"}]""")]
    public void New_NoUsableKey_IsRefusedWithoutQuotingIt(string? json)
    {
        var error = Assert.Throws<RlhfException>(() => new ConfiguredSigningKeys(json));
        Assert.Equal("signing-keys-unreadable", error.Code);
        Assert.Contains(AppSettings.SigningKeys, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-in-the-open", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void New_TwoKeysOfOneId_IsRefused() =>
        Assert.Contains("one id", Assert.Throws<RlhfException>(() => new ConfiguredSigningKeys($$"""[{"id":"k1","secret":"{{Secret}}"},{"id":"k1","secret":"{{Secret}}"}]""")).Message, StringComparison.Ordinal);
}
