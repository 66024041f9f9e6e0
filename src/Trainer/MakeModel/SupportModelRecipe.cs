using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Trainer.MakeModel;

/// <summary>How the shipped model is made; the defaults are what it was made with.</summary>
public sealed record SupportModelRecipe
{
    private const string FileName = "recipe.json";

    public long Seed { get; init; } = 1;

    /// <summary>Train prompts, all distinct, each with one answer of the corpus.</summary>
    public int Examples { get; init; } = 60_000;

    public int Epochs { get; init; } = 2;

    public int BatchSize { get; init; } = 32;

    public double LearningRate { get; init; } = 3e-3;

    public int VocabularySize { get; init; } = 1000;

    public int ContextLength { get; init; } = 256;

    public int Width { get; init; } = 128;

    public int LayerCount { get; init; } = 4;

    public int HeadCount { get; init; } = 4;

    /// <summary>Of the processor. Sums are taken in another order with another number, so it belongs to what makes two runs the same.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>What making it took, on the clock; null before it.</summary>
    public double? Minutes { get; init; }

    /// <summary>Processor time of that, over all cores.</summary>
    public double? ProcessorMinutes { get; init; }

    /// <summary>Keeps it beside the weights.</summary>
    public void Save(string folder, TimeSpan took, TimeSpan processor) => File.WriteAllText(
        Path.Combine(folder, FileName), JsonSerializer.Serialize(this with { Minutes = Math.Round(took.TotalMinutes, 1), ProcessorMinutes = Math.Round(processor.TotalMinutes, 1) }, RlhfJson.Indented) + "\n");

    /// <exception cref="RlhfException"><c>model-missing</c>: the folder has none, so the model was not made here.</exception>
    public static SupportModelRecipe Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new RlhfException("model-missing", $"{path} is not there.", "Name a folder that make-model wrote.");
        return JsonSerializer.Deserialize<SupportModelRecipe>(File.ReadAllText(path), RlhfJson.Options)!;
    }
}
