using Rlhf.Labeling;

namespace Rlhf.Preferences.Imports;

/// <summary>A pair's rankings, answer 0 the chosen one: its votes where the file tells them, else one for each kind of annotator that it names.</summary>
internal static class PairRankings
{
    private const string UnknownVotes = "The votes behind a pair can't be told from its figures: it is one ranking for each kind of annotator.";
    private const string UnknownMargin = "A margin that is not ⅓, ⅔ or 1, or a mean of those, is not kept: its scale is not known.";

    /// <param name="salt">The same for the same pair: which of its votes is whose is drawn by it.</param>
    public static IReadOnlyList<ImportedRanking> Of(ImportFields fields, int salt)
    {
        var kinds = fields.Kinds("annotatorKinds").Distinct().ToList();
        var margin = fields.Number("margin");
        var preference = fields.Number("preference") ?? 1;
        if (fields.Number("rankings") is not { } stated) return One(kinds, preference, margin, fields);
        var possible = stated >= Math.Max(1, kinds.Count) && stated <= PairVotes.Most ? PairVotes.Of((int)stated, preference, fields.Number("agreement") ?? 1).ToList() : [];
        if (possible.Count == 0)
        {
            fields.Lose(UnknownVotes);
            return One(kinds, preference, margin, fields);
        }
        if (margin is null) return Of(possible[0], null, kinds, salt);
        var votes = possible.FirstOrDefault(v => v.Strengths(margin.Value) is not null);
        // Of a tie it says nothing; and which of two equal answers is the chosen one is chance.
        if (votes is null && preference > 0.5) fields.Lose(UnknownMargin);
        return Of(votes ?? possible[0], votes?.Strengths(margin.Value), kinds, salt);
    }

    private static IReadOnlyList<ImportedRanking> One(List<AnnotatorKind> kinds, double preference, double? margin, ImportFields fields)
    {
        // Half of the votes for each: what a soft rule makes of a tie.
        var vote = preference == 0.5 ? Tie : Better;
        if (preference != 0.5 && margin is { } size and not 0)
        {
            if (new PairVotes(1, 0, 0).Strengths(size) is [var strength]) vote = vote with { Strength = strength };
            else fields.Lose(UnknownMargin);
        }
        return kinds.Count == 0 ? [vote] : [.. kinds.Select(k => vote with { Kind = k })];
    }

    private static List<ImportedRanking> Of(PairVotes votes, IReadOnlyList<int>? strengths, List<AnnotatorKind> kinds, int salt)
    {
        var said = Enumerable.Range(0, votes.For).Select(i => Better with { Strength = strengths?[i] })
            .Concat(Enumerable.Range(0, votes.Against).Select(i => Worse with { Strength = strengths?[votes.For + i] }))
            .Concat(Enumerable.Repeat(Tie, votes.Ties)).ToList();
        // Turned, so that no made-up annotator is always the one who agrees.
        return [.. said.Select((_, i) => said[(i + salt) % said.Count] with { Kind = kinds.Count == 0 ? null : kinds[i % kinds.Count], Judge = NameOf(i, said.Count) })];
    }

    /// <summary>Where there are several, their numbers.</summary>
    public static string? NameOf(int index, int count) => count == 1 ? null : (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static ImportedRanking Better { get; } = new(RankingOutcome.Ranked, [[0], [1]]);

    private static ImportedRanking Worse { get; } = new(RankingOutcome.Ranked, [[1], [0]]);

    private static ImportedRanking Tie { get; } = new(RankingOutcome.Ranked, [[0, 1]]);
}
