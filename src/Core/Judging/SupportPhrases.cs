namespace Rlhf.Judging;

/// <summary>What a sentence of an answer does.</summary>
internal enum SupportKind { None, Polite, Neutral, Rude, Fix, OtherwiseOffer, Offer, Refusal, Filler, PoliteClosing, RudeClosing }

/// <param name="Likeness">0..1: Dice coefficient of the pairs of neighbouring words; 0 where the sentence is like no phrase.</param>
internal readonly record struct SupportPhraseMatch(SupportKind Kind, double Likeness);

/// <summary>The answers' phrases by what they do, and which of them a sentence is closest to.</summary>
internal sealed class SupportPhrases
{
    // Half of the pairs of a sentence differ: it is no longer that phrase.
    private const double LeastLikeness = 0.5;

    private readonly List<(SupportKind Kind, HashSet<(string, string)> Pairs)> phrases;

    public SupportPhrases(SupportAnswerPhrases answers)
    {
        phrases = [];
        Add(SupportKind.Polite, answers.Polite);
        Add(SupportKind.Neutral, answers.Neutral);
        Add(SupportKind.Rude, answers.Rude);
        Add(SupportKind.Fix, answers.Fix);
        Add(SupportKind.OtherwiseOffer, answers.OtherwiseOffer);
        Add(SupportKind.Offer, answers.Offer);
        Add(SupportKind.Refusal, answers.Refusal);
        Add(SupportKind.Filler, answers.Filler);
        Add(SupportKind.PoliteClosing, answers.PoliteClosings);
        Add(SupportKind.RudeClosing, answers.RudeClosings);
    }

    public SupportPhraseMatch Closest(SupportSentence sentence)
    {
        var pairs = Pairs([.. sentence.Tokens.Select(t => t.Text)]);
        var closest = phrases.Select(p => new SupportPhraseMatch(p.Kind, Dice(p.Pairs, pairs))).MaxBy(m => m.Likeness);
        return closest.Likeness < LeastLikeness ? default : closest;
    }

    private void Add(SupportKind kind, IReadOnlyList<string> texts) => phrases.AddRange(texts.Select(t => (kind, Pairs(SupportText.PhraseTokens(t)))));

    private static double Dice(HashSet<(string, string)> first, HashSet<(string, string)> second) =>
        2.0 * first.Count(second.Contains) / (first.Count + second.Count);

    private static HashSet<(string, string)> Pairs(string[] tokens)
    {
        string[] bounded = ["^", .. tokens, "$"];
        return [.. bounded.Zip(bounded.Skip(1))];
    }
}
