using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Rlhf.Generation.Onnx;

/// <summary>An exported decoder, open: runs one call of the graph described by <see cref="OnnxDecoderNames"/>. Calls may overlap.</summary>
public sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();
    private readonly string[] inputNames;
    private readonly string[] outputNames;

    private OnnxModel(InferenceSession session, string file, string output, OnnxOptions options)
    {
        this.session = session;
        Options = options;
        try
        {
            Shape = DecoderShape.Read(session, file, output);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        var layers = Enumerable.Range(0, Shape.Layers).ToArray();
        inputNames =
        [
            OnnxDecoderNames.Tokens, OnnxDecoderNames.Positions, OnnxDecoderNames.Selected, OnnxDecoderNames.LastIndex, OnnxDecoderNames.TotalLength,
            .. layers.Select(OnnxDecoderNames.PastKey), .. layers.Select(OnnxDecoderNames.PastValue),
        ];
        outputNames = [output, .. layers.Select(OnnxDecoderNames.PresentKey), .. layers.Select(OnnxDecoderNames.PresentValue)];
    }

    public DecoderShape Shape { get; }

    public OnnxOptions Options { get; }

    /// <summary>μ and s of a reward model; null of a language model.</summary>
    public RewardNormalization? RewardNormalization
    {
        get
        {
            var metadata = session.ModelMetadata.CustomMetadataMap;
            return metadata.TryGetValue(OnnxDecoderNames.RewardMeanKey, out var mean) && metadata.TryGetValue(OnnxDecoderNames.RewardDeviationKey, out var deviation)
                ? new(double.Parse(mean, CultureInfo.InvariantCulture), double.Parse(deviation, CultureInfo.InvariantCulture))
                : null;
        }
    }

    /// <param name="file">A <c>model.onnx</c>.</param>
    /// <param name="output"><see cref="OnnxDecoderNames.Logits"/> or <see cref="OnnxDecoderNames.Scores"/>.</param>
    /// <exception cref="RlhfException"><c>model-missing</c>, <c>model-damaged</c>.</exception>
    public static OnnxModel Load(string file, string output, OnnxOptions options) => new(OnnxSessions.Open(file, options), file, output, options);

    /// <param name="model">The file's bytes.</param>
    /// <param name="name">Stands for the file in errors.</param>
    public static OnnxModel Load(byte[] model, string name, string output, OnnxOptions options) =>
        new(OnnxSessions.Open(model, name, options), name, output, options);

    /// <summary>Runs one call; the cache is read and extended in place.</summary>
    /// <param name="tokens">(B, S), rows padded on the right.</param>
    /// <param name="positions">(B, S).</param>
    /// <param name="selected">(B, G).</param>
    /// <param name="lastIndex">(B).</param>
    /// <param name="width">Values a selected position has: the vocabulary, or 1.</param>
    /// <returns>(B, G, width), row by row.</returns>
    internal float[] Run(long[] tokens, long[] positions, long[] selected, int[] lastIndex, int totalLength, KeyValueCache cache, int width)
    {
        long rows = lastIndex.Length;
        var result = new float[selected.LongLength * width];
        using var tokenValue = OrtValue.CreateTensorValueFromMemory(tokens, [rows, tokens.Length / rows]);
        using var positionValue = OrtValue.CreateTensorValueFromMemory(positions, [rows, positions.Length / rows]);
        using var selectedValue = OrtValue.CreateTensorValueFromMemory(selected, [rows, selected.Length / rows]);
        using var lastValue = OrtValue.CreateTensorValueFromMemory(lastIndex, [rows]);
        using var totalValue = OrtValue.CreateTensorValueFromMemory([totalLength], [1]);
        using var resultValue = OrtValue.CreateTensorValueFromMemory(result, [rows, selected.Length / rows, width]);
        session.Run(
            runOptions, inputNames, [tokenValue, positionValue, selectedValue, lastValue, totalValue, .. cache.Values],
            outputNames, [resultValue, .. cache.Values]);
        return result;
    }

    public void Dispose()
    {
        session.Dispose();
        runOptions.Dispose();
    }
}
