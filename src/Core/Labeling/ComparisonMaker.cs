using System.Security.Cryptography;
using System.Text;
using Rlhf.Generation;

namespace Rlhf.Labeling;

/// <summary>Answered prompts to comparisons.</summary>
public static class ComparisonMaker
{
    /// <summary>Those that have all their answers; ids come from batch and prompt, so that a repetition makes the same.</summary>
    public static IReadOnlyList<Comparison> Of(BatchId batch, IEnumerable<AnsweredPrompt> answered, ComparisonKind kind, int round, int overlap) =>
        [.. answered.Where(a => a.Dropped is null).Select(a => new Comparison(IdOf(batch, a.Prompt.Id), batch, a.Prompt, a.Answers, kind, round, overlap))];

    /// <summary>Prompts without a comparison, by reason.</summary>
    public static IReadOnlyDictionary<string, int> Dropped(IEnumerable<AnsweredPrompt> answered) =>
        answered.Where(a => a.Dropped is not null).GroupBy(a => a.Dropped!).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>A hash: annotators see it, so it says nothing.</summary>
    private static ComparisonId IdOf(BatchId batch, PromptId prompt) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"comparison\n{batch}\n{prompt}")))[..20]);
}
