namespace Rlhf.Generation.Onnx;

/// <summary>Inputs and outputs of an exported decoder. B rows, S tokens a row in this call, G selected positions a row, C the cache's capacity.</summary>
/// <remarks>A prompt is read with S = its longest row and <see cref="TotalLength"/> = S, shorter rows padded on the right; after it, S = 1.</remarks>
public static class OnnxDecoderNames
{
    /// <summary>(B, S) int64.</summary>
    public const string Tokens = "tokens";

    /// <summary>(B, S) int64: each token's position in its row.</summary>
    public const string Positions = "positions";

    /// <summary>(B, G) int64: indices into S whose logits, scores or hidden states are wanted.</summary>
    public const string Selected = "selected";

    /// <summary>(B) int32: tokens the row has after this call, less one.</summary>
    public const string LastIndex = "last_index";

    /// <summary>(1) int32: tokens the longest row has after this call.</summary>
    public const string TotalLength = "total_length";

    /// <summary>(B, G, vocabulary) fp32.</summary>
    public const string Logits = "logits";

    /// <summary>(B, G, 1) fp32, raw.</summary>
    public const string Scores = "scores";

    /// <summary>(B, G, width) fp32: hidden states after the last norm, computed only where they are asked for. Files of earlier versions lack it.</summary>
    public const string Hidden = "hidden";

    /// <summary>Model metadata: the longest sequence.</summary>
    public const string PositionsKey = "rlhf.positions";

    /// <summary>Model metadata of a reward model: μ.</summary>
    public const string RewardMeanKey = "rlhf.reward.mean";

    /// <summary>Model metadata of a reward model: s.</summary>
    public const string RewardDeviationKey = "rlhf.reward.deviation";

    /// <summary>(B, heads, C, head width) fp32; the same buffer may be passed as its present.</summary>
    public static string PastKey(int layer) => $"past_key_{layer}";

    public static string PastValue(int layer) => $"past_value_{layer}";

    public static string PresentKey(int layer) => $"present_key_{layer}";

    public static string PresentValue(int layer) => $"present_value_{layer}";
}
