using Rlhf.Prompts;

namespace Rlhf.Training;

/// <summary>Sees every prompt that goes into a dataset, and refuses one that turns up on two sides.</summary>
public sealed class SplitGuard
{
    private readonly Dictionary<PromptId, Split> prompts = [];
    private readonly Dictionary<string, Split> groups = [];

    /// <exception cref="RlhfException"><c>split-leak</c>.</exception>
    public void Check(PromptId prompt, Split split, string? group = null)
    {
        if (!prompts.TryAdd(prompt, split) && prompts[prompt] != split) throw Leak($"The prompt '{prompt}'", prompts[prompt], split);
        if (group is not null && !groups.TryAdd(group, split) && groups[group] != split) throw Leak($"The group '{group}'", groups[group], split);
    }

    private static RlhfException Leak(string thing, Split one, Split other) => new("split-leak",
        $"{thing} is in {one.ToString().ToLowerInvariant()} and in {other.ToString().ToLowerInvariant()}, so test figures would mean nothing.",
        "Nothing was trained. Drop the prompts into a new campaign, where each gets one split.", 500);
}
