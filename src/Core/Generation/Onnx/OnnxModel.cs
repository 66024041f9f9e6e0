using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Rlhf.Generation.Onnx;

/// <summary>An exported decoder, open: runs one call of the graph described by <see cref="OnnxDecoderNames"/>. Calls may overlap.</summary>
public sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession session;
    private readonly string file;
    private readonly RunOptions runOptions = new();
    private readonly string[] inputNames;
    private readonly string[] cacheNames;

    private OnnxModel(InferenceSession session, string file, string output, OnnxOptions options)
    {
        (this.session, this.file) = (session, file);
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

        Output = new(output, Math.Max(1, Shape.Vocabulary));
        var layers = Enumerable.Range(0, Shape.Layers).ToArray();
        inputNames =
        [
            OnnxDecoderNames.Tokens, OnnxDecoderNames.Positions, OnnxDecoderNames.Selected, OnnxDecoderNames.LastIndex, OnnxDecoderNames.TotalLength,
            .. layers.Select(OnnxDecoderNames.PastKey), .. layers.Select(OnnxDecoderNames.PastValue),
        ];
        cacheNames = [.. layers.Select(OnnxDecoderNames.PresentKey), .. layers.Select(OnnxDecoderNames.PresentValue)];
    }

    public DecoderShape Shape { get; }

    public OnnxOptions Options { get; }

    /// <summary>What it is for: logits or scores.</summary>
    internal DecoderOutput Output { get; }

    /// <exception cref="RlhfException"><c>model-without-hidden-states</c>: exported by an earlier version.</exception>
    internal DecoderOutput Hidden => Shape.Width > 0 ? new(OnnxDecoderNames.Hidden, Shape.Width)
        : throw new RlhfException("model-without-hidden-states", $"The model file '{file}' gives out no hidden states.", "Export it again with `rlhf-trainer export --model <folder>`.", 422);

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
    /// <returns><see cref="Output"/>: (B, G, width), row by row.</returns>
    internal float[] Run(long[] tokens, long[] positions, long[] selected, int[] lastIndex, int totalLength, KeyValueCache cache) =>
        Run(tokens, positions, selected, lastIndex, totalLength, cache, [Output])[0];

    /// <inheritdoc cref="Run(long[], long[], long[], int[], int, KeyValueCache)"/>
    /// <returns>For each wanted output (B, G, width).</returns>
    internal float[][] Run(
        long[] tokens, long[] positions, long[] selected, int[] lastIndex, int totalLength, KeyValueCache cache, IReadOnlyList<DecoderOutput> wanted)
    {
        long rows = lastIndex.Length;
        var results = wanted.Select(o => new float[selected.LongLength * o.Width]).ToArray();
        using var tokenValue = OrtValue.CreateTensorValueFromMemory(tokens, [rows, tokens.Length / rows]);
        using var positionValue = OrtValue.CreateTensorValueFromMemory(positions, [rows, positions.Length / rows]);
        using var selectedValue = OrtValue.CreateTensorValueFromMemory(selected, [rows, selected.Length / rows]);
        using var lastValue = OrtValue.CreateTensorValueFromMemory(lastIndex, [rows]);
        using var totalValue = OrtValue.CreateTensorValueFromMemory([totalLength], [1]);
        var resultValues = wanted.Select((o, i) => OrtValue.CreateTensorValueFromMemory(results[i], [rows, selected.Length / rows, o.Width])).ToArray();
        try
        {
            session.Run(
                runOptions, inputNames, [tokenValue, positionValue, selectedValue, lastValue, totalValue, .. cache.Values],
                [.. wanted.Select(o => o.Name), .. cacheNames], [.. resultValues, .. cache.Values]);
        }
        finally
        {
            foreach (var value in resultValues) value.Dispose();
        }
        return results;
    }

    public void Dispose()
    {
        session.Dispose();
        runOptions.Dispose();
    }
}

/// <param name="Width">Values a selected position has in it.</param>
internal sealed record DecoderOutput(string Name, int Width);
