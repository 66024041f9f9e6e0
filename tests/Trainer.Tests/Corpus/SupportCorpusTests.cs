using System.Text.Json;
using Rlhf.Judging;
using Rlhf.Prompts;
using Rlhf.Trainer.Corpus;

namespace Rlhf.Trainer.Tests.Corpus;

public sealed class SupportCorpusTests
{
    private static readonly SupportLanguage Language = SupportLanguage.Default;

    [Fact]
    public void Examples_SixThousand_HaveDistinctTrainPrompts()
    {
        var prompts = SupportCorpus.Examples(Language, seed: 1, count: 6000).Select(e => PromptHash.IdOf(e.Messages)).ToList();

        Assert.Equal(6000, prompts.Distinct().Count());
        Assert.All(prompts, id => Assert.Equal(Split.Train, PromptHash.SplitOf(id.Value, SupportPromptWriter.Shares)));
    }

    [Fact]
    public void Examples_Many_NeverHaveHeldOutWords()
    {
        var heldOut = Language.HeldOutBrands.Concat(Language.Products.Where(p => p.HeldOut).Select(p => p.Name))
            .Concat(Language.Problems.Where(p => p.HeldOut).SelectMany(p => p.Fixes.Append(p.Says).Append(p.About))).ToList();
        foreach (var example in SupportCorpus.Examples(Language, seed: 2, count: 5000))
        {
            var text = string.Join('\n', example.Messages.Select(m => m.Content).Append(example.Answer));
            Assert.DoesNotContain(heldOut, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Prompts_AsShipped_AreEnoughDistinctAndDisjointFromTraining()
    {
        var prompts = SupportCorpus.Prompts(Language, SupportCorpus.SampleSeed, SupportCorpus.SampleCount).ToList();

        Assert.Equal(SupportCorpus.SampleCount, prompts.Select(p => p.Id).Distinct().Count());
        Assert.True(prompts.Count(p => p.Split == Split.Test) >= 256);
        Assert.True(prompts.Count(p => p.Split == Split.Validation) >= 60);
        Assert.True(prompts.Count(p => p.Case.HeldOut) >= 40);
        Assert.All(prompts.Where(p => p.Case.HeldOut), p => Assert.Equal(Split.Test, p.Split));
        var trained = SupportCorpus.Examples(Language, seed: 1, count: 6000).Select(e => PromptHash.IdOf(e.Messages)).ToHashSet();
        Assert.DoesNotContain(prompts, p => p.Split != Split.Train && trained.Contains(p.Id));
    }

    [Fact]
    public void Corpus_SameSeed_IsTheSame()
    {
        Assert.Equal(Texts(5), Texts(5));
        Assert.NotEqual(Texts(5), Texts(6));
    }

    [Fact]
    public void Prompts_Texts_AreOfManyKinds()
    {
        var prompts = SupportCorpus.Prompts(Language, seed: 3, count: 3000).ToList();
        var texts = prompts.Select(p => p.Messages[^1].Content).ToList();

        Assert.True(prompts.Select(p => p.Case.Product.Name).Distinct().Count() > 60);
        Assert.True(prompts.Select(p => p.Case.Name).Distinct().Count() > 600);
        Assert.Contains(prompts, p => p.Messages[0].Role == MessageRole.System);
        Assert.Contains(prompts, p => p.Messages.Any(m => m.Role == MessageRole.Assistant));
        Assert.Contains(texts, t => !t.Any(char.IsUpper));
        Assert.True(texts.Max(t => t.Length) > 4 * texts.Min(t => t.Length));
        Assert.DoesNotContain(texts, t => t.Contains('{') || t.Contains("  ", StringComparison.Ordinal));
    }

    [Fact]
    public void Answers_ByTheRule_AreOfAllQualitiesAndSeldomTied()
    {
        var points = SupportCorpus.Examples(Language, seed: 4, count: 2000).Select(e => SupportRule.Score(e.Messages, e.Answer)).Order().ToList();

        Assert.True(points[200] < -4, $"{points[200]}");
        Assert.InRange(points[1000], -3, 3);
        Assert.True(points[1800] > 4, $"{points[1800]}");
        Assert.True(points.Distinct().Count() > 300);
    }

    [Fact]
    public void ToJsonLines_Prompts_CarryTheirSplit()
    {
        var prompts = SupportCorpus.Prompts(Language, seed: 1, count: 200).ToList();

        var lines = SupportCorpus.ToJsonLines(prompts).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();

        Assert.Equal(200, lines.Count);
        foreach (var (prompt, line) in prompts.Zip(lines))
        {
            Assert.Equal(prompt.Split.ToString().ToLowerInvariant(), line.GetProperty("split").GetString());
            if (line.TryGetProperty("prompt", out var text)) Assert.Equal(prompt.Messages.Single().Content, text.GetString());
            else Assert.Equal(prompt.Messages.Count, line.GetProperty("messages").GetArrayLength());
        }
    }

    [Theory]
    [InlineData("kettle", "Please buy a {product}.", "Please buy a kettle.")]
    [InlineData("Orbit kettle", "A {product}, a {product}!", "An Orbit kettle, an Orbit kettle!")]
    public void Fill_Product_GetsItsArticle(string name, string phrase, string expected) =>
        Assert.Equal(expected, new SupportCase(Language.Products[0], name, Language.Problems[0], false).Fill(phrase));

    private static List<string> Texts(long seed) => [.. SupportCorpus.Examples(Language, seed, 100).Select(e => e.Messages[^1].Content + e.Answer)];
}
