using System.Diagnostics;
using Rlhf.Generation.Tokenization;
using Rlhf.Judging;
using Rlhf.Trainer.Corpus;
using Rlhf.Trainer.Models;
using TorchSharp;

namespace Rlhf.Trainer.MakeModel;

/// <summary>The commands that remake what ships with the project: the model with its card, and the sample prompts.</summary>
public static class MakeModelCommand
{
    public const string Usage = """
        rlhf-trainer make-model [--output models/support-small] [--seed 1] [--examples 60000] [--epochs 2] [--threads 2]
                                              makes the small model: corpus, vocabulary, training, ONNX, card
        rlhf-trainer measure-model [--model models/support-small]
                                              samples a support model on test prompts and writes its card anew
        rlhf-trainer make-prompts [--output samples/support-prompts.jsonl] [--seed 2031] [--count 4800]
                                              writes sample prompts, each with its split
        """;

    private const string DefaultFolder = "models/support-small";

    /// <exception cref="RlhfException"><c>unknown-option</c>.</exception>
    public static async Task MakeModelAsync(string[] arguments, TextWriter output)
    {
        var options = new CommandOptions(arguments, "output", "seed", "examples", "epochs", "threads");
        var recipe = new SupportModelRecipe();
        recipe = recipe with
        {
            Seed = options.Number("seed", (int)recipe.Seed),
            Examples = options.Number("examples", recipe.Examples),
            Epochs = options.Number("epochs", recipe.Epochs),
            Threads = options.Number("threads", recipe.Threads),
        };
        var folder = options.Text("output", DefaultFolder);
        torch.set_num_threads(recipe.Threads);
        var clock = Stopwatch.StartNew();
        await SupportModelMaker.MakeAsync(recipe, folder, new ConsoleProgress(output));
        recipe.Save(folder, clock.Elapsed, Environment.CpuUsage.TotalTime);
        WriteCard(folder, output);
    }

    /// <exception cref="RlhfException"><c>unknown-option</c>, or the model's own.</exception>
    public static void Measure(string[] arguments, TextWriter output) =>
        WriteCard(new CommandOptions(arguments, "model").Text("model", DefaultFolder), output);

    /// <exception cref="RlhfException"><c>unknown-option</c>.</exception>
    public static void MakePrompts(string[] arguments, TextWriter output)
    {
        var options = new CommandOptions(arguments, "output", "seed", "count");
        var file = options.Text("output", "samples/support-prompts.jsonl");
        var prompts = SupportCorpus.Prompts(SupportLanguage.Default, options.Number("seed", SupportCorpus.SampleSeed), options.Number("count", SupportCorpus.SampleCount)).ToList();
        File.WriteAllText(file, SupportCorpus.ToJsonLines(prompts));
        output.WriteLine($"{file}: {string.Join(", ", prompts.CountBy(p => p.Split).OrderBy(s => s.Key).Select(s => $"{s.Value} {s.Key}"))}, {prompts.Count(p => p.Case.HeldOut)} with held-out words");
    }

    private static void WriteCard(string folder, TextWriter output)
    {
        using var model = ModelFolder.Load(folder);
        var measured = SupportModelMeasurement.Measure(model, ChatTokenizer.Load(folder), SupportLanguage.Default);
        var card = SupportModelCard.Write(SupportModelRecipe.Read(folder), model, measured);
        File.WriteAllText(Path.Combine(folder, "README.md"), card);
        output.Write(card);
    }
}
