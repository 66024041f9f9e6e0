namespace Rlhf.Generation;

public enum FinishReason
{
    /// <summary>The model ended the answer.</summary>
    Stop,

    /// <summary>Cut off at the token limit; the form says so.</summary>
    Length,

    /// <summary>The provider's content filter refused; there is no text to rank.</summary>
    ContentFilter,
}

/// <summary>One completion. <paramref name="Id"/> is unique within its comparison and tells nothing (a, b, c… before shuffling).</summary>
public sealed record Answer(
    string Id, string Text, string Generator, FinishReason FinishReason, long Seed, int PromptTokens = 0, int CompletionTokens = 0,
    SamplingSettings? Sampling = null);

/// <param name="MaximumTokens">Tokens an answer may have.</param>
/// <param name="Temperature">0 is greedy.</param>
/// <param name="TopP">1 is off.</param>
/// <param name="TopK">0 is off.</param>
public sealed record SamplingSettings(int MaximumTokens = 96, double Temperature = 1.0, double TopP = 1.0, int TopK = 0);
