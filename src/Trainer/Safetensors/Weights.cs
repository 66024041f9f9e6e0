using System.Text.Json;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Safetensors;

/// <summary>The weights of a Hugging Face folder: <c>model.safetensors</c>, or several files named by <c>model.safetensors.index.json</c>.</summary>
public static class Weights
{
    public const string FileName = "model.safetensors";
    public const string IndexName = "model.safetensors.index.json";

    /// <summary>All tensors as float32, the caller's to dispose.</summary>
    /// <exception cref="RlhfException"><c>model-missing</c> or <c>model-damaged</c>, naming the file.</exception>
    public static Dictionary<string, Tensor> Read(string folder)
    {
        var index = Path.Combine(folder, IndexName);
        if (File.Exists(Path.Combine(folder, FileName)) || !File.Exists(index)) return SafetensorsFile.Read(Path.Combine(folder, FileName));
        var tensors = new Dictionary<string, Tensor>();
        foreach (var file in ReadIndex(index))
            foreach (var (name, tensor) in SafetensorsFile.Read(Path.Combine(folder, file)))
                tensors[name] = tensor;
        return tensors;
    }

    private static string[] ReadIndex(string index)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            var files = document.RootElement.GetProperty("weight_map").EnumerateObject().Select(p => p.Value.GetString()!).Distinct().ToArray();
            // The index is somebody else's file: it names files of its own folder and none elsewhere.
            if (Array.Find(files, f => f != Path.GetFileName(f)) is { } elsewhere) throw new InvalidOperationException($"'{elsewhere}' is not a file name");
            return files;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
        {
            throw new RlhfException("model-damaged", $"{index} can't be read: {damaged.Message}", "Download the model again.", inner: damaged);
        }
    }
}
