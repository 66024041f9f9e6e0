using Rlhf.Generation.Tokenization;
using Rlhf.Trainer.Tokenization;

namespace Rlhf.Trainer.Tests.Tokenization;

public sealed class BytePairTrainerTests
{
    private static readonly string[] Texts = ["low low low low low", "lower lower", "newest newest newest newest newest newest", "widest widest widest"];

    [Fact]
    public void Train_TheExampleOfThePaper_MergesTheMostFrequentPairsFirst()
    {
        var data = BytePairTrainer.Train(Texts, 256 + 3, []);

        // es: 9 (newest 6, widest 3); then est; then lo: 7.
        Assert.Equal([("e", "s"), ("es", "t"), ("l", "o")], data.Merges);
    }

    [Fact]
    public void Train_SameTextsTwice_GivesTheSameVocabulary() =>
        Assert.Equal(BytePairTrainer.Train(Texts, 280, ["<|end|>"]).Vocabulary, BytePairTrainer.Train(Texts, 280, ["<|end|>"]).Vocabulary);

    [Fact]
    public void Train_NoMorePairs_StopsEarly() => Assert.Equal(257, BytePairTrainer.Train(["aa aa"], 5000, []).Vocabulary.Count);

    [Fact]
    public void Train_RepeatedSymbol_MergesFromTheLeft()
    {
        var tokenizer = new TextTokenizer(BytePairTrainer.Train(["aaaa aaaa"], 258, []));
        Assert.Equal("aaaaa", tokenizer.Decode(tokenizer.Encode("aaaaa")));
    }

    [Fact]
    public void Train_NoRoomForTheBytes_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => BytePairTrainer.Train(Texts, 256, ["<|end|>"]));

    [Fact]
    public void Write_BothKindsOfFiles_ReadBackToTheSameIds()
    {
        using var folder = new TemporaryFolder();
        var format = ChatFormat.ShippedModel;
        var data = BytePairTrainer.Train(Texts, 280, format.SpecialTokens);
        TokenizerWriter.Write(folder.Path, data, format, 256);
        var fromTokenizer = ChatTokenizer.Load(folder.Path);
        File.Delete(folder["tokenizer.json"]);
        var fromParts = ChatTokenizer.Load(folder.Path);

        foreach (var tokenizer in new[] { fromTokenizer, fromParts })
        {
            Assert.Equal(new TextTokenizer(data).Encode("lowest newer 👍"), tokenizer.Text.Encode("lowest newer 👍"));
            Assert.Equal(format, tokenizer.Format);
            Assert.Equal(data.SpecialTokens["<|end|>"], tokenizer.EndTokenId);
            Assert.Equal(data.Vocabulary.Count, tokenizer.VocabularySize);
        }
    }

    [Theory]
    [InlineData("tokenizer.json", "{", "tokenizer.json")]
    [InlineData("tokenizer.json", """{"model":{"type":"WordPiece"}}""", "WordPiece")]
    [InlineData("tokenizer.json", """{"normalizer":{"type":"NFC"},"model":{"type":"BPE"}}""", "normalizer")]
    [InlineData("tokenizer.json", """{"model":{"type":"BPE","vocab":{},"merges":[]},"pre_tokenizer":{"type":"Whitespace"}}""", "not byte-level")]
    [InlineData("vocab.json", """{"a":"b"}""", "vocab.json")]
    public void Load_DamagedFile_SaysWhatIsWrong(string name, string content, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["merges.txt"], "");
        File.WriteAllText(folder[name], content);

        var refused = Assert.Throws<RlhfException>(() => ChatTokenizer.Load(folder.Path));

        Assert.Equal("tokenizer-damaged", refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoTokenizer_NamesTheFolder()
    {
        using var folder = new TemporaryFolder();
        var refused = Assert.Throws<RlhfException>(() => ChatTokenizer.Load(folder.Path));
        Assert.Equal("tokenizer-missing", refused.Code);
        Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
    }
}
