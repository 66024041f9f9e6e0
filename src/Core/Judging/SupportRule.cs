using Rlhf.Prompts;

namespace Rlhf.Judging;

/// <summary>
/// The noise-free quality of a support answer, in points: what simulated annotators draw their choices from, and the judge <c>rule</c>. Pure: the same texts, the same points.
/// <para>It knows the phrases of <see cref="SupportLanguage"/> and nothing else, so it is for simulations with the model that was trained on them. An answer is read sentence by
/// sentence: known problems, fixes and products become slots, and what is left is compared with every phrase of the language by its pairs of neighbouring words (Dice coefficient).
/// The closest phrase says what the sentence does; how far it is off costs.</para>
/// <list type="bullet">
/// <item>polite +1.5, a friendly ending +0.5, rude −2 a sentence;</item>
/// <item>a fix for the customer's problem +2.5, for another one −1.5; a new product or money back +1.5, after a fix +1; a refusal −2; none of these −2.5, since polite words alone help nobody;</item>
/// <item>the customer's product by its whole name +1.5, without its brand half of that, under another brand −0.5; another product −2;</item>
/// <item>the customer's problem named +1, another one −1;</item>
/// <item>rambling −0.8 a sentence, a word beyond 40 −0.06, one missing up to 8 −0.2; a little for every word away from 22, so that ties are rare;</item>
/// <item>broken off −1.5; a sentence that is said twice −1.5, a second one of the same kind −0.7;</item>
/// <item>no sentence of the language up to −3 each, an unknown word −0.5.</item>
/// </list>
/// </summary>
public static class SupportRule
{
    private static readonly SupportText Text = new(SupportLanguage.Default);
    private static readonly SupportPhrases Phrases = new(SupportLanguage.Default.Answers);

    /// <summary>Points of an answer: about 9 for the best, below −5 for the worst; an empty answer has −6.</summary>
    /// <param name="messages">The prompt; the customer's turns say what product and problem it is about.</param>
    public static double Score(IReadOnlyList<Message> messages, string answer)
    {
        var request = Request(messages);
        var read = Read(answer);
        if (read.Count == 0) return -6;
        return Manner(read) + Help(read, request) + Product(read, request) + Problem(read, request) + Length(read) + Wholeness(read) + Fluency(read, request);
    }

    /// <inheritdoc cref="Score(IReadOnlyList{Message}, string)"/>
    public static double Score(Prompt prompt, string answer) => Score(prompt.Messages, answer);

    /// <summary>Whether every sentence is one of the language's own, word for word but for the slots, and the answer is not broken off.</summary>
    public static bool IsFluent(string answer)
    {
        var read = Read(answer);
        return read.Count > 0 && read.All(r => r.Likeness == 1) && IsWhole(read);
    }

    private static List<ReadSentence> Read(string answer) => [.. Text.Read(answer).Select(s => new ReadSentence(s, Phrases.Closest(s)))];

    private static CustomerRequest Request(IReadOnlyList<Message> messages)
    {
        var tokens = messages.Where(m => m.Role == MessageRole.User).SelectMany(m => Text.Read(m.Content)).SelectMany(s => s.Tokens).ToList();
        return new(
            tokens.Find(t => t.Product is not null).Product,
            tokens.Find(t => t.Text == "{says}").Problem,
            [.. tokens.Select(t => t.Text)]);
    }

    private static double Manner(List<ReadSentence> read) =>
        (1.5 * Best(read, SupportKind.Polite)) + (0.5 * Best(read, SupportKind.PoliteClosing))
        - (2 * Math.Min(2, Sum(read, SupportKind.Rude) + Sum(read, SupportKind.RudeClosing)));

    private static double Help(List<ReadSentence> read, CustomerRequest request)
    {
        var fixes = read.Where(r => r.Is(SupportKind.Fix)).ToList();
        var right = fixes.Where(r => r.Has("{fix}", request.Problem)).Select(r => r.Likeness).DefaultIfEmpty().Max();
        var wrong = fixes.Count(r => !r.Has("{fix}", request.Problem));
        var otherwise = Best(read, SupportKind.OtherwiseOffer);
        var offer = Math.Max(1.5 * Best(read, SupportKind.Offer), right > 0 ? otherwise : 0.5 * otherwise);
        var refusals = Sum(read, SupportKind.Refusal);
        var saysNothing = fixes.Count == 0 && offer == 0 && refusals == 0;
        return (2.5 * right) - (1.5 * Math.Min(wrong, 2)) + offer - (2 * Math.Min(1.5, refusals)) - (saysNothing ? 2.5 : 0);
    }

    private static double Product(List<ReadSentence> read, CustomerRequest request)
    {
        var mentions = read.SelectMany(r => r.Sentence.Tokens).Select(t => t.Product).OfType<SupportMention>().Select(m => Match(m, request.Product)).ToList();
        return mentions.Count == 0 ? 0 : (1.5 * Math.Max(0, mentions.Max())) + (2 * Math.Min(0, mentions.Min()));
    }

    /// <summary>1 for the customer's product, ½ without its brand, −¼ under another brand, −1 for another product.</summary>
    private static double Match(SupportMention mention, SupportMention? asked) =>
        asked is null || mention.Product != asked.Product ? -1
        : mention.Brand == asked.Brand ? 1
        : mention.Brand is null ? 0.5 : -0.25;

    private static double Problem(List<ReadSentence> read, CustomerRequest request)
    {
        var named = read.SelectMany(r => r.Sentence.Tokens).Where(t => t.Text is "{says}" or "{about}").Select(t => t.Problem).ToList();
        return (named.Contains(request.Problem) ? 1 : 0) - (named.Exists(p => p != request.Problem) ? 1 : 0);
    }

    private static double Length(List<ReadSentence> read)
    {
        var words = read.Sum(r => r.Sentence.Tokens.Sum(t => t.Text[0] == '{' ? SlotWords(t) : 1));
        return (-0.8 * Sum(read, SupportKind.Filler)) - (0.06 * Math.Max(0, words - 40)) - (0.2 * Math.Max(0, 8 - words)) - (0.01 * Math.Abs(words - 22));
    }

    private static int SlotWords(SupportToken slot) => slot.Product is { } mention
        ? mention.Product.Name.Count(c => c == ' ') + (mention.Brand is null ? 1 : 2)
        : (slot.Text == "{says}" ? slot.Problem!.Says : slot.Text == "{about}" ? slot.Problem!.About : slot.Problem!.Fixes[0]).Count(c => c == ' ') + 1;

    private static double Wholeness(List<ReadSentence> read)
    {
        var twice = read.Count - read.Select(r => string.Join(' ', r.Sentence.Tokens.Select(t => t.Text))).Distinct().Count();
        var sameKind = read.Where(r => r.Kind is not SupportKind.Filler).GroupBy(r => r.Kind).Sum(g => g.Count() - 1) - twice;
        return (IsWhole(read) ? 0 : -1.5) - (1.5 * twice) - (0.7 * Math.Max(0, sameKind));
    }

    private static bool IsWhole(List<ReadSentence> read) => read[^1].Sentence.IsFinished || read[^1].Is(SupportKind.PoliteClosing);

    private static double Fluency(List<ReadSentence> read, CustomerRequest request)
    {
        var unknown = read.SelectMany(r => r.Sentence.Tokens).Count(t => t.Text[0] != '{' && !Text.Knows(t.Text) && !request.Words.Contains(t.Text));
        return -Math.Min(6, 3 * read.Sum(r => 1 - r.Likeness)) - (0.5 * Math.Min(unknown, 8));
    }

    private static double Best(List<ReadSentence> read, SupportKind kind) => read.Where(r => r.Is(kind)).Select(r => r.Likeness).DefaultIfEmpty().Max();

    private static double Sum(List<ReadSentence> read, SupportKind kind) => read.Where(r => r.Is(kind)).Sum(r => r.Likeness);

    private sealed record CustomerRequest(SupportMention? Product, SupportProblem? Problem, HashSet<string> Words);

    private sealed record ReadSentence(SupportSentence Sentence, SupportPhraseMatch Match)
    {
        public SupportKind Kind => Match.Kind;

        public double Likeness => Match.Likeness;

        public bool Is(SupportKind kind) => Match.Kind == kind;

        public bool Has(string slot, SupportProblem? problem) => Sentence.Tokens.Any(t => t.Text == slot && t.Problem == problem);
    }
}
