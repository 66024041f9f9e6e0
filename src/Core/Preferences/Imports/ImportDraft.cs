using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rlhf.Generation;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>A line's comparison on its way into a campaign. Every judgement has a key made of what it says, so that none is taken twice, whatever file or format it comes in.</summary>
internal sealed class ImportDraft
{
    private const string OpenKey = "open";

    private readonly ImportedComparison comparison;
    private readonly List<string> keys;

    public ImportDraft(ImportLine line)
    {
        Line = line.Line;
        comparison = line.Comparison!;
        Prompt = PromptHash.IdOf(comparison.Messages);
        keys = comparison.Rankings.Count == 0 ? [KeyOf(OpenKey, null)] : [.. comparison.Rankings.Select(r => KeyOf(r.Judge, r))];
    }

    public long Line { get; }

    public PromptId Prompt { get; }

    public Split? Split => comparison.Split;

    public IReadOnlyList<string> Keys => keys;

    public PromptLine ToPrompt() => PromptLine.Good(Line, new(comparison.Messages, comparison.Group, comparison.Split, comparison.Metadata));

    /// <summary>The comparison with the judgements whose keys are <paramref name="own"/>, as the campaign keeps them; null where there are none.</summary>
    public (Comparison Comparison, IReadOnlyList<Ranking> Rankings)? Keep(IReadOnlySet<string> own, Split split, ImportTarget target)
    {
        if (!keys.Any(own.Contains)) return null;
        var id = new ComparisonId(Hash($"comparison\n{target.Batch}\n{keys.First(own.Contains)}")[..20]);
        // By a hash: the better answer is not always the first.
        var order = comparison.Answers.Select((answer, place) => (answer, place)).OrderBy(a => Hash($"{Prompt}\n{a.answer.Text}"), StringComparer.Ordinal).ToList();
        var ids = order.Select((a, i) => (a.place, Id: ((char)('a' + i)).ToString())).ToDictionary(a => a.place, a => a.Id);
        var answers = order.Select(a => new Answer(ids[a.place], a.answer.Text, a.answer.Generator ?? $"unknown ({target.Source.File})", a.answer.FinishReason, 0)).ToList();
        // A comparison carries no group: the prompt it belongs to has it, maybe another one from an earlier file.
        var prompt = new Prompt(Prompt, PromptHash.Normalize(comparison.Messages), split);
        var rankings = comparison.Rankings.Where((_, i) => own.Contains(keys[i])).Select(r => RankingOf(r, id, ids, target)).GroupBy(r => r.Annotator).Select(own => own.MaxBy(r => r.SubmittedAt)!).ToList();
        return (new(id, target.Batch, prompt, answers, ComparisonKind.Ordinary, target.Round, rankings.Count > 0 ? rankings.Count : target.Overlap) { Weight = WeightOf(comparison) }, rankings);
    }

    private static double? WeightOf(ImportedComparison comparison) => comparison.Weight is { } weight && Math.Abs(weight - 1) > 1e-9 ? weight : null;

    private static Ranking RankingOf(ImportedRanking ranking, ComparisonId id, Dictionary<int, string> ids, ImportTarget target) => new(
        id, target.Batch, target.Source.AnnotatorOf(ranking.Kind!.Value, ranking.Judge), ranking.Kind.Value, ranking.Outcome,
        [.. ranking.Tiers.Select(tier => (IReadOnlyList<string>)[.. tier.Select(i => ids[i])])],
        ranking.ShownOrder is { } shown ? [.. shown.Select(i => ids[i])] : [.. ids.Values.Order(StringComparer.Ordinal)],
        ranking.SubmittedAt ?? target.At, ranking.Strength, ranking.ActiveTime, ranking.Comment, ranking.BetterAnswer, GuidelinesVersion: ImportTarget.ForeignGuidelines)
    { Fields = ranking.Fields is { Count: > 0 } fields ? fields : null };

    private string KeyOf(string? judge, ImportedRanking? ranking)
    {
        var tiers = ranking?.Tiers.Select(tier => tier.Select(i => comparison.Answers[i].Text).Order(StringComparer.Ordinal)).ToList();
        var texts = comparison.Answers.Select(a => a.Text).Order(StringComparer.Ordinal);
        return Hash(JsonSerializer.Serialize(new { Prompt, texts, judge, ranking?.Kind, ranking?.Outcome, tiers }, RlhfJson.Options))[..32];
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>Where a page's comparisons go.</summary>
/// <param name="Overlap">Annotators for a comparison that is still to be ranked.</param>
internal sealed record ImportTarget(ImportSource Source, BatchId Batch, int Round, int Overlap, DateTimeOffset At)
{
    /// <summary>The version of guidelines that were not this campaign's.</summary>
    public const int ForeignGuidelines = 0;
}
