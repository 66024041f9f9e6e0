using Rlhf.Trainer.Models;

namespace Rlhf.Trainer.Onnx;

/// <summary><c>rlhf-trainer export --model &lt;folder&gt;</c>: writes <c>model.onnx</c> beside a folder's weights, checked against torch.</summary>
public static class ExportCommand
{
    /// <exception cref="RlhfException">The model is missing or damaged, or the export differs.</exception>
    public static void Run(string folder)
    {
        using var model = ModelFolder.Load(folder);
        var target = Path.Combine(folder, OnnxExport.FileName);
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        File.WriteAllBytes(temporary, OnnxExport.CheckedLanguageModel(model));
        File.Move(temporary, target, overwrite: true);
    }
}
