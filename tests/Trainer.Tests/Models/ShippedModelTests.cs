using Rlhf.Generation;
using Rlhf.Generation.Tokenization;
using Rlhf.Judging;
using Rlhf.Prompts;
using Rlhf.Trainer.Corpus;
using Rlhf.Trainer.MakeModel;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Onnx;
using Rlhf.Trainer.Sampling;

namespace Rlhf.Trainer.Tests.Models;

/// <summary>What is in models/ and samples/ keeps its promises.</summary>
public sealed class ShippedModelTests
{
    private static readonly string Repository = FindRepository();
    private static readonly string Folder = Path.Combine(Repository, "models", "support-small");

    [Fact]
    public void Folder_HasTheFilesOfTheLayoutAndIsSmall()
    {
        foreach (var file in new[] { "config.json", "model.safetensors", "tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json", "generation_config.json", "model.onnx", "README.md" })
            Assert.True(File.Exists(Path.Combine(Folder, file)), file);
        Assert.True(Directory.GetFiles(Folder).Sum(f => new FileInfo(f).Length) < 15_000_000);
    }

    [Fact]
    public void Onnx_InTheFolder_IsTheExportOfTheWeightsBesideIt()
    {
        using var model = ModelFolder.Load(Folder);
        Assert.Equal(OnnxExport.CheckedLanguageModel(model), File.ReadAllBytes(Path.Combine(Folder, "model.onnx")));
    }

    [Fact]
    public void Answers_ToTestPrompts_AreWholeOnTopicAndOfMixedQuality()
    {
        using var model = ModelFolder.Load(Folder);
        var tokenizer = ChatTokenizer.Load(Folder);
        Assert.True(tokenizer.VocabularySize <= model.VocabularySize);
        var prompts = SupportCorpus.Prompts(SupportLanguage.Default, SupportCorpus.SampleSeed, SupportCorpus.SampleCount).Where(p => p.Split == Split.Test).Take(128).ToList();
        var encoded = prompts.Select(p => tokenizer.EncodePrompt(p.Messages, 160)!.Tokens.ToArray()).ToList();

        var answers = PolicySampler.Sample(model, encoded, new SamplingSettings(), tokenizer.EndTokenId, seed: 1);

        var texts = answers.Select(a => tokenizer.DecodeAnswer(a.Tokens)).ToList();
        var points = prompts.Zip(texts, (p, t) => SupportRule.Score(p.Messages, t)).Order().ToList();
        Assert.True(answers.Count(a => a.Ended) >= 122, $"{answers.Count(a => a.Ended)} ended");
        Assert.True(texts.Distinct().Count() >= 120, $"{texts.Distinct().Count()} distinct");
        Assert.True(points[13] < -3 && points[115] > 2, $"{points[13]:f1} {points[64]:f1} {points[115]:f1}");
        var naming = prompts.Zip(texts).Where(p => SupportLanguage.Default.Products.Any(q => p.Second.Contains($" {q.Name}", StringComparison.OrdinalIgnoreCase))).ToList();
        var right = naming.Count(p => p.Second.Contains(p.First.Case.Product.Name, StringComparison.OrdinalIgnoreCase));
        Assert.True(right >= 0.6 * naming.Count, $"{right} of {naming.Count} name the right product");
    }

    [Fact]
    public void Vocabulary_OfTheRecipe_IsTheShippedOne()
    {
        var recipe = SupportModelRecipe.Read(Folder);

        var made = SupportModelMaker.Vocabulary(recipe, SupportCorpus.Examples(SupportLanguage.Default, recipe.Seed, recipe.Examples));

        var shipped = TokenizerFiles.Read(Folder);
        Assert.Equal(shipped.Merges, made.Merges);
        Assert.Equal(shipped.Vocabulary.OrderBy(t => t.Value), made.Vocabulary.OrderBy(t => t.Value));
    }

    [Fact]
    public void Samples_InTheRepository_AreWhatTheCommandWrites() =>
        Assert.Equal(SupportCorpus.ToJsonLines(SupportCorpus.Prompts(SupportLanguage.Default, SupportCorpus.SampleSeed, SupportCorpus.SampleCount)), File.ReadAllText(Path.Combine(Repository, "samples", "support-prompts.jsonl")));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Serverless.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
