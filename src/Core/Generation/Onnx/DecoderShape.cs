using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Rlhf.Generation.Onnx;

/// <summary>What an exported decoder says of itself.</summary>
/// <param name="Positions">Longest sequence.</param>
/// <param name="Vocabulary">0 for a reward model.</param>
/// <param name="Width">Of its hidden states; 0 where the file does not give them out.</param>
public sealed record DecoderShape(int Layers, int Heads, int HeadWidth, int Positions, int Vocabulary, int Width = 0)
{
    /// <summary>Key-value cache of one token of one row.</summary>
    public long CacheBytesPerToken => 2L * Layers * Heads * HeadWidth * sizeof(float);

    /// <exception cref="RlhfException"><c>model-damaged</c>: an ONNX file, but not one of ours.</exception>
    internal static DecoderShape Read(InferenceSession session, string file, string output)
    {
        var inputs = session.InputMetadata;
        if (!inputs.TryGetValue(OnnxDecoderNames.PastKey(0), out var cache) || !session.OutputMetadata.TryGetValue(output, out var made)
            || !session.ModelMetadata.CustomMetadataMap.TryGetValue(OnnxDecoderNames.PositionsKey, out var positions))
        {
            throw OnnxSessions.Damaged(file, $"it lacks the inputs or the output '{output}' of a decoder exported by rlhf-trainer.");
        }

        var layers = Enumerable.Range(0, inputs.Count).TakeWhile(layer => inputs.ContainsKey(OnnxDecoderNames.PastKey(layer))).Count();
        return new(layers, cache.Dimensions[1], cache.Dimensions[3], int.Parse(positions, CultureInfo.InvariantCulture),
            output == OnnxDecoderNames.Logits ? made.Dimensions[2] : 0, session.OutputMetadata.TryGetValue(OnnxDecoderNames.Hidden, out var hidden) ? hidden.Dimensions[2] : 0);
    }
}
