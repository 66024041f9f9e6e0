using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Safetensors;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Models;

/// <summary>A model's local folder in Hugging Face layout: <c>config.json</c>, <c>model.safetensors</c>, tokenizer files.</summary>
public static class ModelFolder
{
    public const string ConfigName = "config.json";

    /// <summary>Files beside weights that make a folder usable elsewhere; copied from a model to what is trained from it.</summary>
    public static readonly IReadOnlyList<string> TokenizerFiles =
        ["tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json"];

    /// <summary>Loads the causal language model of a folder; other heads in the file are ignored.</summary>
    /// <exception cref="RlhfException"><c>model-missing</c>, <c>model-damaged</c> or <c>model-config</c>, naming the file.</exception>
    public static Gpt2Model Load(string folder)
    {
        var config = Path.Combine(folder, ConfigName);
        if (!File.Exists(config)) throw new RlhfException("model-missing", $"{config} is not there.", "Name a folder in Hugging Face layout (config.json, model.safetensors, tokenizer files).");
        var model = new Gpt2Model(Gpt2Settings.Parse(File.ReadAllText(config)));
        try
        {
            using var scope = NewDisposeScope();
            Gpt2Checkpoint.Load(model, Weights.Read(folder));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Writes config and weights. The folder is made if missing.</summary>
    /// <param name="heads">More tensors for the same file by checkpoint name, e.g. <c>score.weight</c> of a reward model.</param>
    /// <param name="tokenizerFrom">Folder whose tokenizer files are copied along.</param>
    public static void Save(string folder, Gpt2Model model, IReadOnlyDictionary<string, Tensor>? heads = null, string? tokenizerFrom = null)
    {
        Directory.CreateDirectory(folder);
        using var scope = NewDisposeScope();
        var tensors = Gpt2Checkpoint.ToCheckpoint(model);
        foreach (var (name, tensor) in heads ?? new Dictionary<string, Tensor>()) tensors[name] = tensor;
        SafetensorsFile.Write(Path.Combine(folder, Weights.FileName), tensors);
        File.WriteAllText(Path.Combine(folder, ConfigName), model.Settings.ToJson());
        if (tokenizerFrom is null) return;
        foreach (var file in TokenizerFiles.Where(f => File.Exists(Path.Combine(tokenizerFrom, f))))
            File.Copy(Path.Combine(tokenizerFrom, file), Path.Combine(folder, file), overwrite: true);
    }
}
