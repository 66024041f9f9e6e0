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

    /// <summary>Largest difference allowed between torch and ONNX Runtime, in logits, raw scores or hidden states.</summary>
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

    /// <summary>Exports and checks: a prompt read whole and the same tokens read one by one, in rows of different lengths, give torch's logits and hidden states.</summary>
    /// <exception cref="RlhfException"><c>onnx-differs</c>: nothing should be published.</exception>
    public static byte[] CheckedLanguageModel(ICausalLanguageModel model)
    {
        var bytes = LanguageModel(model);
        using var onnx = OnnxModel.Load(bytes, FileName, OnnxDecoderNames.Logits, new OnnxOptions());
        Check(onnx, model, model.Logits);
        return bytes;
    }

    /// <inheritdoc cref="CheckedLanguageModel"/>
    public static byte[] CheckedRewardModel(RewardModel model)
    {
        var bytes = RewardModel(model);
        using var onnx = OnnxModel.Load(bytes, FileName, OnnxDecoderNames.Scores, new OnnxOptions());
        Check(onnx, model.Trunk, hidden => model.ScoresAt(hidden).unsqueeze(-1));
        return bytes;
    }

    /// <param name="head">Hidden states (B, T, W) → (B, T, outputs).</param>
    private static void Check(OnnxModel onnx, ICausalLanguageModel trunk, Func<Tensor, Tensor> head)
    {
        var random = new SeededRandom(1);
        var length = Math.Min(CheckedLength, trunk.ContextLength);
        var rows = Enumerable.Range(0, CheckedRows).Select(row => Enumerable.Range(0, Math.Max(1, length - (row * length / 4))).Select(_ => random.Next(trunk.VocabularySize)).ToArray()).ToArray();
        Check(rows, OnnxTrace.Outputs(onnx, rows), tokens => head(trunk.Hidden(tokens)));
        Check(rows, OnnxTrace.Hidden(onnx, rows), tokens => trunk.Hidden(tokens));
    }

    /// <param name="torchModel">(B, T) tokens → (B, T, outputs).</param>
    private static void Check(int[][] rows, IReadOnlyList<float[]> onnx, Func<Tensor, Tensor> torchModel)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (row, outputs) in rows.Zip(onnx))
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
