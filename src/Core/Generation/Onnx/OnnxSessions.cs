using Microsoft.ML.OnnxRuntime;

namespace Rlhf.Generation.Onnx;

/// <summary>How ONNX Runtime uses the machine.</summary>
public sealed record OnnxOptions
{
    /// <summary>Threads one step computes with.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Whether idle threads spin within a call. Faster alone; two spinning processes on two cores are several times slower than one after the other.</summary>
    public bool Spinning { get; init; }

    /// <summary>Answers decoded together.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Bound on the key-value cache; batches get smaller where a model or a prompt is large.</summary>
    public long CacheBytes { get; init; } = 256L << 20;
}

/// <summary>Opens sessions with errors that name the file.</summary>
internal static class OnnxSessions
{
    /// <exception cref="RlhfException"><c>model-missing</c> or <c>model-damaged</c>.</exception>
    public static InferenceSession Open(string file, OnnxOptions options)
    {
        if (!File.Exists(file))
        {
            throw new RlhfException("model-missing", $"There is no model file '{file}'.",
                "Name a folder in Hugging Face layout with a model.onnx in it; `rlhf-trainer export --model <folder>` makes one from model.safetensors.", 404);
        }

        return Open(settings => new InferenceSession(file, settings), file, options);
    }

    /// <param name="name">Stands for the file in errors.</param>
    public static InferenceSession Open(byte[] model, string name, OnnxOptions options) => Open(settings => new InferenceSession(model, settings), name, options);

    public static RlhfException Damaged(string file, string reason, Exception? inner = null) =>
        new("model-damaged", $"The model file '{file}' can't be loaded: {reason}",
            "Replace it by a fresh copy, or remake it with `rlhf-trainer export --model <folder>`.", 422, inner);

    private static InferenceSession Open(Func<SessionOptions, InferenceSession> open, string file, OnnxOptions options)
    {
        try
        {
            using var settings = Settings(options);
            return open(settings);
        }
        catch (OnnxRuntimeException e)
        {
            throw Damaged(file, e.Message, e);
        }
    }

    private static SessionOptions Settings(OnnxOptions options)
    {
        var settings = new SessionOptions { IntraOpNumThreads = options.Threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spinning ? "1" : "0");
        return settings;
    }
}
