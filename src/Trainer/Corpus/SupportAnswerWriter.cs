using Rlhf.Judging;

namespace Rlhf.Trainer.Corpus;

/// <summary>Writes support's answers of mixed quality on purpose: polite and rude, helpful and refusing, to the point and rambling, on the right and the wrong product, whole and broken off.
/// A model trained on them samples all of it, which leaves preferences something to choose.</summary>
public sealed class SupportAnswerWriter(SupportLanguage language, long seed)
{
    private readonly PhraseSource source = new(seed);

    private enum Manner { Polite, Neutral, Rude }

    private enum Help { Fix, FixAndOffer, Offer, Refusal, WrongFix, None }

    public string Write(SupportCase about)
    {
        // Now and then support takes it for another product or another problem, the whole answer long.
        var taken = source.Chance(0.06) ? about with { Name = source.Pick(language.Products.Where(p => !p.HeldOut && p != about.Product).ToList()).Name } : about;
        var phrases = language.Answers;
        var manner = source.Pick<Manner>([(Manner.Polite, 0.42), (Manner.Neutral, 0.23), (Manner.Rude, 0.35)]);
        var sentences = new List<string> { Fill(source.Pick(OpeningsOf(manner)), taken) };
        sentences.AddRange(HelpSentences(taken, manner));
        for (var filler = source.Pick<int>([(0, 0.62), (1, 0.18), (2, 0.12), (3, 0.08)]); filler > 0; filler--)
            sentences.Insert(source.Number(1, sentences.Count + 1), Fill(source.Pick(phrases.Filler), taken));
        if (source.Chance(0.4) && manner != Manner.Neutral) sentences.Add(source.Pick(manner == Manner.Polite ? phrases.PoliteClosings : phrases.RudeClosings));
        var text = string.Join(' ', sentences.Distinct());
        return source.Chance(0.05) ? BreakOff(text) : text;
    }

    private IReadOnlyList<string> OpeningsOf(Manner manner) => manner switch
    {
        Manner.Polite => language.Answers.Polite,
        Manner.Neutral => language.Answers.Neutral,
        _ => language.Answers.Rude,
    };

    private IEnumerable<string> HelpSentences(SupportCase about, Manner manner)
    {
        var phrases = language.Answers;
        var help = source.Pick<Help>(manner == Manner.Rude
            ? [(Help.Fix, 0.14), (Help.FixAndOffer, 0.08), (Help.Offer, 0.1), (Help.Refusal, 0.49), (Help.WrongFix, 0.04), (Help.None, 0.15)]
            : [(Help.Fix, 0.3), (Help.FixAndOffer, 0.18), (Help.Offer, 0.18), (Help.Refusal, 0.22), (Help.WrongFix, 0.04), (Help.None, 0.08)]);
        if (help == Help.WrongFix) about = about with { Problem = source.Pick(language.Problems.Where(p => !p.HeldOut && p != about.Problem).ToList()) };
        if (help is Help.Fix or Help.FixAndOffer or Help.WrongFix) yield return Fill(source.Pick(phrases.Fix), about);
        if (help == Help.FixAndOffer) yield return Fill(source.Pick(phrases.OtherwiseOffer), about);
        if (help == Help.Offer) yield return Fill(source.Pick(phrases.Offer), about);
        if (help == Help.Refusal) yield return Fill(source.Pick(phrases.Refusal), about);
        if (help == Help.Refusal && source.Chance(0.3)) yield return Fill(source.Pick(phrases.Refusal), about);
    }

    private string Fill(string phrase, SupportCase about) => about.Fill(phrase)
        .Replace("{fix}", source.Pick(about.Problem.Fixes), StringComparison.Ordinal);

    /// <summary>Ends somewhere in the second half, between two words.</summary>
    private string BreakOff(string text)
    {
        var words = text.Split(' ');
        return string.Join(' ', words[..source.Number(words.Length / 2 + 1, words.Length + 1)]).TrimEnd('.', '!', '?');
    }
}
