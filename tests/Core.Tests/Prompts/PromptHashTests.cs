using Rlhf.Campaigns;
using Rlhf.Prompts;
using Rlhf.Prompts.Unicode;

namespace Rlhf.Core.Tests.Prompts;

public sealed class PromptHashTests
{
    [Theory]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("A\u030a", "\u00c5")]
    [InlineData("\u212b", "\u00c5")]
    [InlineData("\u1100\u1161\u11a8", "\uac01")]
    [InlineData("\u0071\u0307\u0323", "\u0071\u0323\u0307")]
    [InlineData("\u1e0a\u0323", "\u1e0c\u0307")]
    [InlineData("\u0958", "\u0915\u093c")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u1e9b\u0323", "\u1e9b\u0323")]
    [InlineData("e\u0302\u0301", "\u1ebf")]
    [InlineData("e\u0301\u0302", "\u00e9\u0302")]
    [InlineData("\ufb01", "\ufb01")]
    [InlineData("\U0001f600 plain", "\U0001f600 plain")]
    public void Normalize_FormC_AsTheStandardSays(string text, string expected)
    {
        Assert.Equal(expected, CanonicalComposition.Normalize(text));
        Assert.Equal(expected, CanonicalComposition.Normalize(expected));
    }

    [Fact]
    public void IdOf_SameTextInOtherForm_IsOnePrompt()
    {
        Assert.Equal(IdOf("Caf\u00e9\nclosed?"), IdOf("Cafe\u0301\r\nclosed?"));
        Assert.NotEqual(IdOf("Cafe\nclosed?"), IdOf("Cafe closed?"));
        Assert.NotEqual(IdOf("Hello"), IdOf("Hello "));
    }

    [Fact]
    public void Normalize_Again_ChangesNothing()
    {
        const string Letters = "\r\r\n\ne\u0301";
        var random = new Random(1);
        foreach (var text in Enumerable.Range(0, 5_000).Select(_ => new string(random.GetItems<char>(Letters, random.Next(12)))))
        {
            var once = PromptHash.Normalize([new(MessageRole.User, text)]);
            Assert.Equal(once, PromptHash.Normalize(once));
            Assert.Equal(PromptHash.IdOf([new(MessageRole.User, text)]), PromptHash.IdOf(once));
        }
    }

    [Theory]
    [InlineData("one\r\ntwo\rthree", "ec5e1de782c01862a236763a04cd91e9")]
    [InlineData("one\r\r\ntwo\rthree", "ec5e1de782c01862a236763a04cd91e9")]
    public void IdOf_LineEnds_IsTheStoredOne(string text, string id) => Assert.Equal(id, IdOf(text).Value);

    [Fact]
    public void IdOf_OtherRolesOrCuts_AreOtherPrompts()
    {
        var one = PromptHash.IdOf([new(MessageRole.System, "a"), new(MessageRole.User, "bc")]);
        Assert.NotEqual(one, PromptHash.IdOf([new(MessageRole.System, "ab"), new(MessageRole.User, "c")]));
        Assert.NotEqual(one, PromptHash.IdOf([new(MessageRole.User, "a"), new(MessageRole.User, "bc")]));
        Assert.NotEqual(one, PromptHash.IdOf([new(MessageRole.User, "abc")]));
        Assert.True(IdRules.IsValid(one.Value));
    }

    [Fact]
    public void SplitOf_ManyGroups_FollowsTheSharesAndNeverChanges()
    {
        var settings = new SplitSettings(0.1, 0.2);
        var splits = Enumerable.Range(0, 10_000).Select(i => PromptHash.SplitOf($"group {i}", settings)).ToList();
        Assert.InRange(splits.Count(s => s == Split.Test), 1_880, 2_120);
        Assert.InRange(splits.Count(s => s == Split.Validation), 910, 1_090);
        Assert.Equal(splits, Enumerable.Range(0, 10_000).Select(i => PromptHash.SplitOf($"group {i}", settings)));
    }

    private static PromptId IdOf(string text) => PromptHash.IdOf([new(MessageRole.User, text)]);
}
