using System.Text.Json;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Safetensors;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Models;

public sealed class ModelFolderTests
{
    private static readonly Gpt2Settings Tiny = new() { VocabularySize = 11, ContextLength = 8, Width = 6, LayerCount = 2, HeadCount = 2, EndTokenId = 10 };

    [Fact]
    public void Load_WhatWasSaved_GivesTheSameLogitsAndSettings()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny, seed: 7);
        ModelFolder.Save(folder.Path, model);

        using var loaded = ModelFolder.Load(folder.Path);

        Assert.Equal(Tiny.ToJson(), loaded.Settings.ToJson());
        var tokens = tensor(new long[] { 1, 2, 3 }).unsqueeze(0);
        Assert.Equal(0, Torch.LargestDifference(model.forward(tokens), loaded.forward(tokens)));
    }

    [Fact]
    public void Save_WritesHuggingFaceNamesAndConv1DShapes()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny);
        ModelFolder.Save(folder.Path, model);

        var tensors = SafetensorsFile.Read(folder["model.safetensors"]);

        Assert.Equal([6, 18], tensors["transformer.h.0.attn.c_attn.weight"].shape);
        Assert.Equal([6, 24], tensors["transformer.h.1.mlp.c_fc.weight"].shape);
        Assert.Equal([11, 6], tensors["transformer.wte.weight"].shape);
        Assert.Equal(2 + 2 + 12 * 2, tensors.Count);
        Assert.DoesNotContain("lm_head.weight", tensors.Keys);
    }

    [Fact]
    public void Load_NamesWithoutPrefixInTwoFilesWithIndex_IsTheSameModel()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny, seed: 8);
        ModelFolder.Save(folder.Path, model);
        var tensors = SafetensorsFile.Read(folder["model.safetensors"]).ToDictionary(t => t.Key["transformer.".Length..], t => t.Value);
        File.Delete(folder["model.safetensors"]);
        var halves = tensors.Chunk(14).Select((part, i) => (File: $"model-{i + 1}.safetensors", Part: part.ToDictionary())).ToList();
        foreach (var (file, part) in halves) SafetensorsFile.Write(folder[file], part);
        var map = halves.SelectMany(h => h.Part.Keys.Select(k => (k, h.File))).ToDictionary(p => p.k, p => p.File);
        File.WriteAllText(folder["model.safetensors.index.json"], JsonSerializer.Serialize(new { weight_map = map }));

        using var loaded = ModelFolder.Load(folder.Path);

        var tokens = tensor(new long[] { 1, 2, 3 }).unsqueeze(0);
        Assert.Equal(0, Torch.LargestDifference(model.forward(tokens), loaded.forward(tokens)));
    }

    [Fact]
    public void Load_TensorOfAnotherShape_NamesIt()
    {
        using var folder = new TemporaryFolder();
        using var model = new Gpt2Model(Tiny);
        ModelFolder.Save(folder.Path, model);
        File.WriteAllText(folder["config.json"], (Tiny with { VocabularySize = 12 }).ToJson());

        var refused = Assert.Throws<RlhfException>(() => ModelFolder.Load(folder.Path));

        Assert.Equal("model-damaged", refused.Code);
        Assert.Contains("'wte.weight' is (11, 6)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingTensor_NamesIt()
    {
        using var folder = new TemporaryFolder();
        using var model = new Gpt2Model(Tiny);
        ModelFolder.Save(folder.Path, model);
        File.WriteAllText(folder["config.json"], (Tiny with { LayerCount = 3 }).ToJson());

        Assert.Contains("'h.2.ln_1.weight'", Assert.Throws<RlhfException>(() => ModelFolder.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""{"model_type":"llama"}""", "'llama'")]
    [InlineData("""{"model_type":"gpt2","vocab_size":5,"n_positions":8,"n_embd":6,"n_layer":1,"n_head":4}""", "n_embd 6")]
    [InlineData("""{"model_type":"gpt2","vocab_size":5,"n_positions":8,"n_embd":6,"n_layer":1}""", "n_head")]
    [InlineData("""{"model_type":"gpt2","activation_function":"relu"}""", "'relu'")]
    [InlineData("""{"model_type":"gpt2","tie_word_embeddings":false}""", "tie_word_embeddings")]
    public void Load_ConfigThatCannotBeUsed_SaysWhy(string config, string reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], config);

        var refused = Assert.Throws<RlhfException>(() => ModelFolder.Load(folder.Path));

        Assert.Equal("model-config", refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoConfigOrNoWeights_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("config.json", Assert.Throws<RlhfException>(() => ModelFolder.Load(folder.Path)).Message, StringComparison.Ordinal);

        File.WriteAllText(folder["config.json"], Tiny.ToJson());

        var refused = Assert.Throws<RlhfException>(() => ModelFolder.Load(folder.Path));
        Assert.Equal("model-missing", refused.Code);
        Assert.Contains("model.safetensors", refused.Message, StringComparison.Ordinal);
    }
}
