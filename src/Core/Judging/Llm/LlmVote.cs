using Rlhf.Generation;

namespace Rlhf.Judging.Llm;

/// <summary>What a language model said of two answers in one order. Answers by id.</summary>
/// <param name="Side">Null: its word could not be read, or there was none.</param>
public sealed record LlmVerdict(string First, string Second, LlmSide? Side)
{
    /// <summary>The answer it prefers; null for a tie or none.</summary>
    public string? Preferred => Side switch { LlmSide.First => First, LlmSide.Second => Second, _ => null };
}

/// <summary>A language model's judgement of one comparison: each two answers in both orders. Kept beside the rankings; it is one only where the campaign asks for that.</summary>
public sealed record LlmVote(ComparisonId Comparison, BatchId Batch, string Judge, IReadOnlyList<LlmVerdict> Verdicts, DateTimeOffset At, long Tokens = 0)
{
    /// <summary>The model behind the judge's name; null in votes of before it was kept.</summary>
    public string? Model { get; init; }

    /// <summary>Whether it is the judge's that a campaign has now: one that was changed judges anew.</summary>
    public bool IsOf(GeneratorSettings? judge) => judge is not null && Judge == judge.Name && (Model is null || Model == judge.Model);

    /// <summary>Whether anything of it could be read.</summary>
    public bool IsReadable => Verdicts.Any(v => v.Side is not null);

    /// <summary>The two verdicts on each two answers.</summary>
    public IEnumerable<(LlmVerdict One, LlmVerdict Other)> Pairs() =>
        Verdicts.GroupBy(v => string.CompareOrdinal(v.First, v.Second) < 0 ? (v.First, v.Second) : (v.Second, v.First)).Where(g => g.Count() == 2).Select(g => (g.First(), g.Last()));

    /// <summary>The answer it prefers whichever stands first; null where its two verdicts differ, tie, or one is missing.</summary>
    public static string? Choice((LlmVerdict One, LlmVerdict Other) pair) => pair.One.Preferred is { } one && one == pair.Other.Preferred ? one : null;

    /// <summary>Best to worst: a preferred answer scores 1, an undecided pair ½ for each (Copeland); equal scores are one tier.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Tiers()
    {
        var scores = Verdicts.SelectMany(v => (string[])[v.First, v.Second]).Distinct().ToDictionary(id => id, _ => 0.0);
        foreach (var pair in Pairs())
        {
            var choice = Choice(pair);
            foreach (var id in (string[])[pair.One.First, pair.One.Second]) scores[id] += choice is null ? 0.5 : choice == id ? 1 : 0;
        }
        return [.. scores.GroupBy(s => s.Value).OrderByDescending(g => g.Key).Select(g => (IReadOnlyList<string>)[.. g.Select(s => s.Key).Order(StringComparer.Ordinal)])];
    }
}
