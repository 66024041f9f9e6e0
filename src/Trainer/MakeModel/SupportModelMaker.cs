using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;
using Rlhf.Judging;
using Rlhf.Trainer.Corpus;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Onnx;
using Rlhf.Trainer.Sft;
using Rlhf.Trainer.Tokenization;
using Rlhf.Training;

namespace Rlhf.Trainer.MakeModel;

/// <summary>Makes the small model that ships with the project: corpus, vocabulary, training, files. No data comes from anywhere else.</summary>
public static class SupportModelMaker
{
    private const int VocabularyTexts = 6000;

    /// <param name="folder">Gets the model in Hugging Face layout; what is there is overwritten.</param>
    public static async Task MakeAsync(SupportModelRecipe recipe, string folder, ITrainingProgress progress)
    {
        var lines = SupportCorpus.Examples(SupportLanguage.Default, recipe.Seed, recipe.Examples).ToList();
        var format = ChatFormat.ShippedModel;
        var data = Vocabulary(recipe, lines);
        var tokenizer = new ChatTokenizer(new(data), format);
        var examples = lines.Select(l => SftExample.TryEncode(tokenizer, l, recipe.ContextLength)).OfType<SftExample>().ToList();

        using var model = new Gpt2Model(Shape(recipe, data, tokenizer), SeededRandom.Combine(recipe.Seed, 4));
        var settings = new SftSettings { Epochs = recipe.Epochs, BatchSize = recipe.BatchSize, LearningRate = recipe.LearningRate };
        await SftTrainer.TrainAsync(model, examples, settings, SeededRandom.Combine(recipe.Seed, 5), progress);

        ModelFolder.Save(folder, model);
        TokenizerWriter.Write(folder, data, format, recipe.ContextLength);
        await File.WriteAllBytesAsync(Path.Combine(folder, OnnxExport.FileName), OnnxExport.CheckedLanguageModel(model));
    }

    /// <summary>The vocabulary, learned from the first of the examples.</summary>
    public static TokenizerData Vocabulary(SupportModelRecipe recipe, IEnumerable<SftLine> lines) => BytePairTrainer.Train(
        lines.Take(VocabularyTexts).SelectMany(l => l.Messages.Select(m => m.Content).Append(l.Answer)), recipe.VocabularySize, ChatFormat.ShippedModel.SpecialTokens);

    private static Gpt2Settings Shape(SupportModelRecipe recipe, TokenizerData data, ChatTokenizer tokenizer) => new()
    {
        VocabularySize = data.Vocabulary.Count,
        ContextLength = recipe.ContextLength,
        Width = recipe.Width,
        LayerCount = recipe.LayerCount,
        HeadCount = recipe.HeadCount,
        EndTokenId = tokenizer.EndTokenId,
    };
}
