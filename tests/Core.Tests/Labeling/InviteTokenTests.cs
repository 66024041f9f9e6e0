using Rlhf.Contracts;
using Rlhf.Labeling.Invites;

namespace Rlhf.Core.Tests.Labeling;

public sealed class InviteTokenTests
{
    private static readonly InviteToken Token = new(CampaignId.From("support"), AnnotatorId.From("mara"), DateTimeOffset.FromUnixTimeSeconds(2_000_000_000));

    [Fact]
    public void Read_OwnSignature_GivesWhatWasSigned()
    {
        var keys = new Keys(new("k2", [2, 2]), new SigningKey("k1", [1, 1]));
        Assert.Equal(Token, InviteToken.Read(Token.Sign(keys.Current), keys));
        // Links sent before a key was replaced stay good while the old one is kept.
        Assert.Equal(Token, InviteToken.Read(Token.Sign(new("k1", [1, 1])), keys));
    }

    [Fact]
    public void Read_LaterGeneration_IsSignedAndOlderTokensAreOfTheFirst()
    {
        var keys = new Keys(new("k1", [1, 1]));
        Assert.Equal(Token with { Generation = 3 }, InviteToken.Read((Token with { Generation = 3 }).Sign(keys.Current), keys));
        var before = Token.Sign(keys.Current);
        Assert.Contains(".2000000000.", before);
        Assert.Equal(0, InviteToken.Read(before, keys)!.Generation);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Read_AnyCharacterChanged_GivesNothing(int generation)
    {
        var keys = new Keys(new("k1", [1, 1]));
        var signed = (Token with { Generation = generation }).Sign(keys.Current);
        for (var i = 0; i < signed.Length - 1; i++)
        {
            var changed = signed.ToCharArray();
            changed[i] = changed[i] == 'x' ? 'y' : 'x';
            Assert.Null(InviteToken.Read(new string(changed), keys));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("....")]
    [InlineData("k1.support.mara.2000000000.")]
    [InlineData("k1.support.mara.2000000000.!!!")]
    [InlineData("k9.support.mara.2000000000.AAAA")]
    public void Read_Rubbish_GivesNothing(string token) => Assert.Null(InviteToken.Read(token, new Keys(new("k1", [1]))));

    [Fact]
    public void FileSigningKeys_ReopenedFile_HasTheSameKeyForItsUserOnly()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("keys/invites.json");
        var first = new FileSigningKeys(path).Current;
        Assert.Equal(first.Secret, new FileSigningKeys(path).Find(first.Id)!.Secret);
        Assert.True(first.Secret.Length >= 32);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void FileSigningKeys_DamagedFile_SaysWhatToDo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("keys.json"), "not json");
        var e = Assert.Throws<RlhfException>(() => new FileSigningKeys(folder.File("keys.json")).Current);
        Assert.Equal("signing-keys-unreadable", e.Code);
    }

    private sealed class Keys(SigningKey current, params SigningKey[] older) : ISigningKeys
    {
        public SigningKey Current => current;

        public SigningKey? Find(string id) => older.Append(current).FirstOrDefault(k => k.Id == id);
    }
}
