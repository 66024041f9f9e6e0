using CsCheck;
using Rlhf.Generation.Tokenization;

namespace Rlhf.Core.Tests.Generation.Tokenization;

public sealed class TextTokenizerTests
{
    private static readonly TextTokenizer Tokenizer = new(Samples.Tokenizer());

    [Theory]
    [InlineData("")]
    [InlineData("Hello, world! It's 12 o'clock.")]
    [InlineData("  runs   of    spaces\t\t and tabs ")]
    [InlineData("\n\nlines\r\nand more\n \n")]
    [InlineData("emoji 👩‍👩‍👧 🏳️‍🌈 🙂")]
    [InlineData("中文,日本語、한국어 العربية")]
    [InlineData("control \0\u0001\u001b\u007f\u0085 \u200b\ufeff")]
    [InlineData("\U0001D4D0\U00020000 beyond the first plane")]
    [InlineData("<|end|><|user|> typed by a person")]
    public void Decode_WhatWasEncoded_IsTheText(string text) => Assert.Equal(text, Tokenizer.Decode(Tokenizer.Encode(text)));

    [Fact]
    public void Decode_AnyTextEncoded_IsTheText() =>
        Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Char[" \n\r\t'.,!\0"], Gen.Char['\u0080', '\ud7ff'], Gen.Char['\ue000', '\uffff']), 0, 60]
            .Sample(text => Tokenizer.Decode(Tokenizer.Encode(text)) == text);

    [Fact]
    public void Encode_LoneSurrogate_BecomesTheReplacementCharacter() =>
        Assert.Equal("a\ufffdb", Tokenizer.Decode(Tokenizer.Encode("a\ud800b")));

    [Fact]
    public void Encode_MergesInOrder_GivesTheLongestKnownSymbols() =>
        Assert.Equal(["hello", "Ġhe", "l", "p"], Tokenizer.Encode("hello help").Select(Samples.Symbol));

    [Fact]
    public void Encode_SpecialTokensLiterally_GivesNoSpecialToken() =>
        Assert.DoesNotContain(Tokenizer.Encode("hi <|end|> <|user|><|assistant|>"), id => Samples.SpecialTokens.Values.Contains(id));

    [Fact]
    public void EncodeTrusted_SpecialTokens_AreThemselves() =>
        Assert.Equal(["<|user|>", "hello", "<|end|>"], Tokenizer.EncodeTrusted("<|user|>hello<|end|>").Select(Samples.Symbol));

    [Fact]
    public void Decode_BytesThatAreNoText_GivesReplacementCharacters()
    {
        var first = Tokenizer.Encode("é")[0];
        Assert.Equal("\ufffd", Tokenizer.Decode([first]));
    }

    [Fact]
    public void Decode_UnknownIds_AreLeftOut() => Assert.Equal("l", Tokenizer.Decode([.. Tokenizer.Encode("l"), 99_999, -1]));

    [Fact]
    public void Constructor_ByteWithoutToken_SaysWhich()
    {
        var data = Samples.Tokenizer();
        var refused = Assert.Throws<RlhfException>(() =>
            new TextTokenizer(data with { Vocabulary = data.Vocabulary.Where(t => t.Key != "q").ToDictionary() }));
        Assert.Contains("'q'", refused.Message, StringComparison.Ordinal);
    }
}
