using System.Text.Json;
using Rlhf.LabelStudio.Results;
using Rlhf.Labeling;

namespace Rlhf.Core.Tests.LabelStudio;

public sealed class ResultReaderTests
{
    [Theory]
    [InlineData("""[{"from_name":"pw","to_name":"pw","type":"pairwise","value":{"selected":"left"}}]""", "1>2")]
    [InlineData("""[{"from_name":"any name","to_name":"any name","type":"pairwise","value":{"selected":"right"}}]""", "2>1")]
    [InlineData("""[{"from_name":"c","to_name":"c","value":{"selected":["right"]}}]""", "2>1")]
    [InlineData("""[{"from_name":"r","to_name":"l","type":"ranker","value":{"ranker":["answer2","answer1"]}}]""", "2>1")]
    [InlineData("""[{"from_name":"r","to_name":"l","type":"ranker","value":{"ranker":{"rank":["answer2","answer1"]}}}]""", "2>1")]
    [InlineData("""[{"from_name":"r","to_name":"l","type":"ranker","value":{"ranker":{"2":["answer1"],"1":["answer2"],"_":[]}}}]""", "2>1")]
    [InlineData("""[{"from_name":"r","to_name":"l","type":"ranker","value":{"ranker":{"1":["answer1","answer2"]}}}]""", "1=2")]
    [InlineData("""[{"from_name":"rlhf-verdict","to_name":"prompt","type":"choices","value":{"choices":["tie"]}}]""", "1=2")]
    public void Result_OfAChoice_IsARanking(string result, string tiers)
    {
        var judgement = Read(result);
        Assert.Equal((RankingOutcome.Ranked, false), (judgement.Outcome, judgement.IsEmpty));
        Assert.Equal(tiers, Spelled(judgement));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""[{"from_name":"pw","to_name":"pw","type":"pairwise","value":{}}]""")]
    [InlineData("""[{"from_name":"pw","to_name":"pw","type":"pairwise","value":{"selected":"none"}}]""")]
    [InlineData("""[{"from_name":"pw","to_name":"pw","type":"pairwise","value":{"selected":null}}]""")]
    [InlineData("""[{"from_name":"sure","to_name":"prompt","type":"rating","value":{"rating":4}}]""")]
    public void Result_WithoutAChoice_IsNoPreference(string result)
    {
        var judgement = Read(result);
        Assert.True(judgement.IsEmpty);
        Assert.Equal("1=2", Spelled(judgement));
    }

    [Fact]
    public void Result_WithVerdictAndExtras_KeepsStrengthAndFields()
    {
        var judgement = Read("""
            [{"id":"x","from_name":"pw","to_name":"pw","type":"pairwise","value":{"selected":"right"}},
             {"from_name":"rlhf-verdict","to_name":"prompt","type":"choices","value":{"choices":["much better"]}},
             {"from_name":"why","to_name":"prompt","type":"choices","value":{"choices":["clear","polite"]}},
             {"from_name":"note","to_name":"right","type":"textarea","value":{"text":["good \"tone\""]}},
             {"type":"relation","from_id":"a","to_id":"b"}]
            """);
        Assert.Equal((3, "2>1"), (judgement.Strength, Spelled(judgement)));
        Assert.Equal(["why:choices", "note:textarea"], judgement.Fields.Select(f => $"{f.Name}:{f.Type}"));
        Assert.Equal("good \"tone\"", judgement.Fields[1].Value["text"]![0]!.GetValue<string>());
        Assert.Equal((3, 2, null), (judgement.ToRequest(3).Strength, judgement.ToRequest(2).Strength, judgement.ToRequest(1).Strength));
    }

    [Fact]
    public void Result_BothBad_WinsOverASideThatIsChosenToo()
    {
        var judgement = Read("""
            [{"from_name":"pw","to_name":"pw","type":"pairwise","value":{"selected":"left"}},
             {"from_name":"rlhf-verdict","to_name":"prompt","type":"choices","value":{"choices":["both bad"]}}]
            """);
        Assert.Equal((RankingOutcome.BothBad, 0), (judgement.Outcome, judgement.Tiers.Count));
    }

    [Fact]
    public void Ranker_OfATasksOwnList_KnowsAnswersByTheirPlaceInIt()
    {
        using var json = JsonDocument.Parse("""[{"from_name":"r","to_name":"l","type":"ranker","value":{"ranker":["mdn","blog"]}}]""");
        Assert.Equal("3>1", Spelled(ResultReader.Read(StudioItem.ReadAll(json.RootElement), 3, ["blog", "wiki", "mdn"])));
    }

    [Theory]
    [InlineData("""{"selected":"left"}""", "not an array")]
    [InlineData("""[7]""", "holds a number")]
    [InlineData("""[{"from_name":"pw","type":"pairwise"}]""", "no value for 'pw'")]
    [InlineData("""[{"from_name":"pw","type":"pairwise","value":{"selected":"middle"}}]""", "selects 'middle'")]
    [InlineData("""[{"from_name":"r","type":"ranker","value":{"ranker":["answer1","answer7"]}}]""", "'answer7'")]
    [InlineData("""[{"from_name":"r","type":"ranker","value":{"ranker":["answer1","answer1"]}}]""", "answer 1 2 times")]
    [InlineData("""[{"from_name":"r","type":"ranker","value":{"ranker":{"ads":["answer1"],"best":["answer2"]}}}]""", "says no place")]
    public void Result_ThatSaysNothingReadable_IsRefused(string result, string reason)
    {
        var refused = Assert.Throws<RlhfException>(() => Read(result));
        Assert.Equal("invalid-result", refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private static StudioJudgement Read(string result)
    {
        using var json = JsonDocument.Parse(result);
        return ResultReader.Read(StudioItem.ReadAll(json.RootElement), 2);
    }

    private static string Spelled(StudioJudgement judgement) => string.Join('>', judgement.Tiers.Select(tier => string.Join('=', tier)));
}
