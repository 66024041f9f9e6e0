using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Reward;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Onnx;

/// <summary>Models as ONNX files, checked against torch before anybody gets them.</summary>
public static class OnnxExport
{
    public const string FileName = "model.onnx";

    /// <summary>Largest difference allowed between torch and ONNX Runtime, in logits or raw scores.</summary>
    public const double Tolerance = 1e-4;

    private const int CheckedRows = 3;
    private const int CheckedLength = 24;

    /// <exception cref="RlhfException"><c>architecture-unknown</c>.</exception>
    public static byte[] LanguageModel(ICausalLanguageModel model)
    {
        using var scope = NewDisposeScope();
        var gpt2 = AsGpt2(model);
        return Gpt2Graph.LanguageModel(gpt2.Settings, Gpt2Checkpoint.ToCheckpoint(gpt2));
    }

    /// <inheritdoc cref="LanguageModel"/>
    public static byte[] RewardModel(RewardModel model)
    {
        using var scope = NewDisposeScope();
        var gpt2 = AsGpt2(model.Trunk);
        var weights = Gpt2Checkpoint.ToCheckpoint(gpt2);
        weights["score.weight"] = model.Head;
        return Gpt2Graph.RewardModel(gpt2.Settings, weights, model.Normalization);
    }

    /// <summary>Exports and checks: a prompt read whole and the same tokens read one by one, in rows of different lengths, give torch's logits.</summary>
    /// <exception cref="RlhfException"><c>onnx-differs</c>: nothing should be published.</exception>
    public static byte[] CheckedLanguageModel(ICausalLanguageModel model)
    {
        var bytes = LanguageModel(model);
        using var onnx = OnnxModel.Load(bytes, FileName, OnnxDecoderNames.Logits, new OnnxOptions());
        Check(onnx, model.VocabularySize, model.ContextLength, tokens => model.Logits(model.Hidden(tokens)));
        return bytes;
    }

    /// <inheritdoc cref="CheckedLanguageModel"/>
    public static byte[] CheckedRewardModel(RewardModel model)
    {
        var bytes = RewardModel(model);
        using var onnx = OnnxModel.Load(bytes, FileName, OnnxDecoderNames.Scores, new OnnxOptions());
        Check(onnx, model.Trunk.VocabularySize, model.Trunk.ContextLength, tokens => model.ScoresAt(model.Trunk.Hidden(tokens)).unsqueeze(-1));
        return bytes;
    }

    /// <param name="torchModel">(B, T) tokens → (B, T, outputs).</param>
    private static void Check(OnnxModel onnx, int vocabulary, int positions, Func<Tensor, Tensor> torchModel)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var random = new SeededRandom(1);
        var length = Math.Min(CheckedLength, positions);
        var rows = Enumerable.Range(0, CheckedRows).Select(row => Enumerable.Range(0, Math.Max(1, length - (row * length / 4))).Select(_ => random.Next(vocabulary)).ToArray()).ToArray();
        foreach (var (row, outputs) in rows.Zip(OnnxTrace.Outputs(onnx, rows)))
        {
            var expected = torchModel(tensor([.. row.Select(token => (long)token)]).unsqueeze(0))[0].cpu().contiguous().data<float>().ToArray();
            var difference = expected.Zip(outputs).Max(pair => Math.Abs(pair.First - pair.Second));
            if (!(difference <= Tolerance))
            {
                throw new RlhfException("onnx-differs", $"The ONNX export differs from torch by {difference:g3}; {Tolerance:g1} is allowed. Nothing was published.",
                    "The weights may be damaged or too large for single precision: train again with a lower learning rate, and report it if that does not help.", 500);
            }
        }
    }

    private static Gpt2Model AsGpt2(ICausalLanguageModel model) => model as Gpt2Model
        ?? throw new RlhfException("architecture-unknown", $"{model.GetType().Name} has no ONNX export.", "Use a GPT-2-architecture model.");
}
