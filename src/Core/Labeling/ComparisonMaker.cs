using System.Security.Cryptography;
using System.Text;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Labeling.Ordering;

namespace Rlhf.Labeling;

/// <summary>Answered prompts to comparisons.</summary>
public static class ComparisonMaker
{
    /// <summary>Those that have all their answers; ids come from batch and prompt, so that a repetition makes the same.</summary>
    public static IReadOnlyList<Comparison> Of(BatchId batch, IEnumerable<AnsweredPrompt> answered, ComparisonKind kind, int round, CampaignSettings settings) =>
        [.. answered.Where(a => a.Dropped is null).Select(a => Of(IdOf(batch, a.Prompt.Id), batch, a, kind, round, settings))];

    /// <summary>Prompts without a comparison, by reason.</summary>
    public static IReadOnlyDictionary<string, int> Dropped(IEnumerable<AnsweredPrompt> answered) =>
        answered.Where(a => a.Dropped is not null).GroupBy(a => a.Dropped!).ToDictionary(g => g.Key, g => g.Count());

    private static Comparison Of(ComparisonId id, BatchId batch, AnsweredPrompt answered, ComparisonKind kind, int round, CampaignSettings settings)
    {
        var (overlap, sharing) = (settings.Overlap, settings.Sharing);
        var shared = kind == ComparisonKind.Test ? sharing.Test : IsShared(id, sharing.Share) ? sharing.Overlap : overlap;
        return new(id, batch, answered.Prompt, answered.Answers, kind, round, overlap)
        {
            Shared = Math.Max(overlap, shared),
            Most = Math.Max(Math.Max(overlap, shared), sharing.Most),
            Priority = settings.Ordering is null ? Comparison.OrdinaryPriority : ComparisonPlaces.RandomOf(id),
        };
    }

    /// <summary>By the id, a hash: as good as at random, and the same whenever it is made.</summary>
    private static bool IsShared(ComparisonId id, double share) => Convert.ToUInt32(id.Value[..8], 16) < share * (1L << 32);

    /// <summary>A hash: annotators see it, so it says nothing.</summary>
    private static ComparisonId IdOf(BatchId batch, PromptId prompt) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"comparison\n{batch}\n{prompt}")))[..20]);
}
