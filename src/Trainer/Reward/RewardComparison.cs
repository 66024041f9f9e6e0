namespace Rlhf.Trainer.Reward;

/// <summary>One comparison as tokens: its answers once each, and its pairs by index into them. It is one element of a batch, so that its pairs share one forward pass.</summary>
/// <param name="Sequences">Prompt and answer, with the end token where the answer ended.</param>
public sealed record RewardComparison(IReadOnlyList<int[]> Sequences, IReadOnlyList<RewardPair> Pairs);

/// <param name="Chosen">Index into the comparison's sequences.</param>
/// <param name="Weight">1/m of the comparison's m pairs.</param>
/// <param name="Preference">Share that prefers the chosen answer, ½..1.</param>
/// <param name="Margin">Raw reward units.</param>
public sealed record RewardPair(int Chosen, int Rejected, double Weight, double Preference, double Margin = 0);
