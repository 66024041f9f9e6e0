using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Preferences.Formats;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Preferences;

/// <summary>The shapes in which public data sets come.</summary>
public sealed class ImportFormatTests
{
    private static readonly ImportFormats Formats = new(new ServiceCollection().AddFormats().BuildServiceProvider().GetServices<IImportFormat>());

    [Theory]
    // The published examples of each format's own documentation, shortened.
    [InlineData("trl", """{"prompt": "The sky is", "chosen": " blue.", "rejected": " green."}""", "user: The sky is", " blue.", " green.")]
    [InlineData("trl", """{"chosen": "The sky is blue.", "rejected": "The sky is green."}""", "user: The sky is", "blue.", "green.")]
    [InlineData("trl", """{"prompt": [{"role": "user", "content": "What color is the sky?"}], "chosen": [{"role": "assistant", "content": "It is blue."}], "rejected": [{"role": "assistant", "content": "It is green."}]}""",
        "user: What color is the sky?", "It is blue.", "It is green.")]
    [InlineData("trl", """{"chosen": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Blue."}], "rejected": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Green."}]}""",
        "user: Sky?", "Blue.", "Green.")]
    // UltraFeedback, binarized: the prompt as text, and again within both conversations.
    [InlineData("trl", """{"prompt": "Sky?", "prompt_id": "1", "chosen": [{"content": "Sky?", "role": "user"}, {"content": "Blue.", "role": "assistant"}], "rejected": [{"content": "Sky?", "role": "user"}, {"content": "Green.", "role": "assistant"}]}""",
        "user: Sky?", "Blue.", "Green.")]
    [InlineData("hh", """{"chosen": "\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: Sky?\n\nAssistant: Blue.", "rejected": "\n\nHuman: Hi\n\nAssistant: Hello!\n\nHuman: Sky?\n\nAssistant: Green."}""",
        "user: Hi|assistant: Hello!|user: Sky?", "Blue.", "Green.")]
    [InlineData("trl", """{"prompt": "\n\nHuman: Sky?\n\nAssistant:", "chosen": " Blue.", "rejected": " Green."}""", "user: Sky?", "Blue.", "Green.")]
    [InlineData("openai", """{"input": {"messages": [{"role": "user", "content": "Sky?"}], "tools": [], "parallel_tool_calls": true}, "preferred_output": [{"role": "assistant", "content": "Blue."}], "non_preferred_output": [{"role": "assistant", "content": "Green."}]}""",
        "user: Sky?", "Blue.", "Green.")]
    // Conversations with from and value, as ShareGPT has them.
    [InlineData("trl", """{"prompt": [{"from": "system", "value": "Be brief."}, {"from": "human", "value": "Sky?"}], "chosen": "Blue.", "rejected": "Green."}""", "system: Be brief.|user: Sky?", "Blue.", "Green.")]
    public void Read_APublicShape_IsItsPair(string format, string json, string prompt, string chosen, string rejected)
    {
        var comparison = Read(format, json).Comparison!;
        Assert.Equal(prompt, string.Join('|', comparison.Messages.Select(m => $"{m.Role.ToString().ToLowerInvariant()}: {m.Content}")));
        Assert.Equal([chosen, rejected], comparison.Answers.Select(a => a.Text));
        Assert.Null(Assert.Single(comparison.Rankings).Kind);
    }

    [Theory]
    [InlineData("model_a", "0|1")]
    [InlineData("model_b", "1|0")]
    [InlineData("tie", "0,1")]
    [InlineData("tie (bothbad)", "")]
    public void Read_AnArenaVote_IsItsJudgesRanking(string winner, string tiers)
    {
        var ranking = Assert.Single(Read("arena", $$"""
            {"question_id": "q", "model_a": "koala", "model_b": "vicuna", "winner": "{{winner}}", "judge": "arena_user_973", "turn": 1, "anony": true, "language": "English", "tstamp": 1682351591.1322,
             "conversation_a": [{"content": "Sky?", "role": "user"}, {"content": "Blue.", "role": "assistant"}], "conversation_b": [{"content": "Sky?", "role": "user"}, {"content": "Green.", "role": "assistant"}]}
            """).Comparison!.Rankings);
        Assert.Equal((tiers, "arena_user_973", 2023), (string.Join('|', ranking.Tiers.Select(t => string.Join(',', t))), ranking.Judge, ranking.SubmittedAt!.Value.Year));
        Assert.Equal(winner == "tie (bothbad)" ? RankingOutcome.BothBad : RankingOutcome.Ranked, ranking.Outcome);
    }

    [Fact]
    public void Read_OurOwnFields_AreKept_AndOthersNamed()
    {
        var line = Read("trl", """
            {"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green.", "split": "validation", "group": "g", "margin": 0.6667, "annotatorKinds": ["person", "llm"],
             "chosenGenerator": "gpt", "chosenFinish": "length", "weight": 0.5, "score": 1, "empty": null}
            """);
        var comparison = line.Comparison!;
        Assert.Equal((Split.Validation, "g", "gpt", FinishReason.Length), (comparison.Split, comparison.Group, comparison.Answers[0].Generator, comparison.Answers[0].FinishReason));
        Assert.Equal([(AnnotatorKind.Person, 2), (AnnotatorKind.Llm, 2)], comparison.Rankings.Select(r => (r.Kind!.Value, r.Strength!.Value)));
        Assert.Equal(["The field 'score' is not kept."], line.Notes);
    }

    [Fact]
    public void Read_SharesThatNoVotesGive_AreOneRankingAKind_AndSaySo()
    {
        // As Dawid–Skene weighs three votes.
        var line = Read("trl", """{"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green.", "annotatorKinds": ["person"], "rankings": 3, "preference": 0.87, "agreement": 0.6666666666666666, "weight": 0.5, "comparison": "c1"}""");
        Assert.Equal(AnnotatorKind.Person, Assert.Single(line.Comparison!.Rankings).Kind);
        Assert.Equal((0.5, "c1"), (line.Comparison.Weight, line.Comparison.Origin));
        Assert.Contains("can't be told from its figures", Assert.Single(line.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trl", """{"prompt": "", "chosen": "a", "rejected": "b"}""", "empty-prompt")]
    [InlineData("trl", """{"prompt": [{"role": "assistant", "content": "x"}], "chosen": "a", "rejected": "b"}""", "no-question")]
    [InlineData("trl", """{"prompt": "x", "chosen": 1, "rejected": "b"}""", "no-text")]
    [InlineData("trl", """{"prompt": "x", "chosen": "same", "rejected": "same"}""", "identical-answers")]
    [InlineData("trl", """{"chosen": "one", "rejected": "two"}""", "no-prompt")]
    [InlineData("trl", """{"prompt": "x", "chosen": "a\ud800", "rejected": "b"}""", "invalid-text")]
    [InlineData("trl", """{"prompt": "x", "chosen": "a", "rejected": "b", "annotatorKinds": ["cat"]}""", "invalid-kind")]
    [InlineData("hh", """{"chosen": "\n\nHuman: a\n\nAssistant: b", "rejected": "\n\nHuman: c\n\nAssistant: b"}""", "different-prompts")]
    [InlineData("hh", """{"chosen": "\n\nHuman: a\n\nAssistant: b", "rejected": "nothing"}""", "no-transcript")]
    [InlineData("openai", """{"input": "x", "preferred_output": [], "non_preferred_output": []}""", "no-messages")]
    [InlineData("arena", """{"winner": "me", "conversation_a": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "conversation_b": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}""", "unknown-winner")]
    public void Read_WhatIsNoComparison_IsNamed(string format, string json, string code) => Assert.Equal(code, Read(format, json).Error!.Code);

    private static ImportLine Read(string format, string json)
    {
        using var document = JsonDocument.Parse(json);
        var recognized = Formats.Recognize(document.RootElement)!;
        Assert.Equal(format, recognized.Info.Name);
        return recognized.Read(1, document.RootElement.Clone());
    }
}
