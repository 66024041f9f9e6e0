using System.Text.RegularExpressions;

namespace Rlhf.Judging;

/// <summary>A word of a text, or a slot that stands for several words of it.</summary>
/// <param name="Text">Lower-case word, or the slot's name in braces.</param>
/// <param name="Problem">Of <c>{says}</c>, <c>{about}</c> and <c>{fix}</c>.</param>
/// <param name="Product">Of <c>{product}</c>.</param>
internal readonly record struct SupportToken(string Text, SupportProblem? Problem = null, SupportMention? Product = null);

/// <summary>A product as a text names it.</summary>
/// <param name="Brand">Null where there is none.</param>
internal sealed record SupportMention(SupportProduct Product, string? Brand);

/// <param name="IsFinished">Ends with a full stop, an exclamation mark or a question mark.</param>
internal sealed record SupportSentence(IReadOnlyList<SupportToken> Tokens, bool IsFinished);

/// <summary>Cuts support texts into sentences of words and slots: what <see cref="SupportRule"/> reads.</summary>
internal sealed partial class SupportText
{
    private readonly SupportLanguage language;
    private readonly HashSet<string> commonWords;
    private readonly ILookup<string, (string[] Words, SupportToken Slot)> slots;
    private readonly List<(string[] Words, SupportProduct Product)> products;

    public SupportText(SupportLanguage language)
    {
        this.language = language;
        commonWords = [.. AllPhrases().SelectMany(p => Words(SlotName().Replace(p, " ")))];
        products = [.. language.Products.Select(p => (Words(p.Name), p)).OrderByDescending(p => p.Item1.Length)];
        slots = language.Problems
            .SelectMany(p => p.Fixes.Select(f => (Words(f), new SupportToken("{fix}", p))).Append((Words(p.Says), new("{says}", p))).Append((Words(p.About), new("{about}", p))))
            .OrderByDescending(s => s.Item1.Length).ToLookup(s => s.Item1[0]);
    }

    /// <summary>Whether the language has the word; brands are no words.</summary>
    public bool Knows(string word) => commonWords.Contains(word);

    public IReadOnlyList<SupportSentence> Read(string text) =>
        [.. SentenceEnd().Split(text).Where(s => Word().IsMatch(s)).Select(s => new SupportSentence(FindSlots(Words(s)), Finish().IsMatch(s)))];

    /// <summary>Words and slots of one of the language's own phrases.</summary>
    public static string[] PhraseTokens(string phrase) => [.. WordOrSlot().Matches(phrase).Select(m => Plain(m.Value))];

    private static string[] Words(string text) => [.. Word().Matches(text).Select(m => Plain(m.Value))];

    private static string Plain(string word) => word.ToLowerInvariant() is "an" ? "a" : word.ToLowerInvariant();

    private List<SupportToken> FindSlots(string[] words)
    {
        var tokens = new List<SupportToken>();
        for (var i = 0; i < words.Length;)
        {
            var rest = words.AsSpan(i);
            var length = TakeProblem(rest, tokens);
            if (length == 0) length = TakeProduct(rest, tokens);
            if (length == 0) tokens.Add(new(words[i]));
            i += Math.Max(length, 1);
        }

        return tokens;
    }

    private int TakeProblem(ReadOnlySpan<string> rest, List<SupportToken> tokens)
    {
        foreach (var (slot, token) in slots[rest[0]])
        {
            if (!rest.StartsWith(slot)) continue;
            tokens.Add(token);
            return slot.Length;
        }

        return 0;
    }

    /// <summary>A word before a product that is no word of the language is its brand.</summary>
    private int TakeProduct(ReadOnlySpan<string> rest, List<SupportToken> tokens)
    {
        foreach (var (name, product) in products)
        {
            if (!rest.StartsWith(name)) continue;
            var before = tokens.Count > 0 ? tokens[^1].Text : "{}";
            var brand = before[0] == '{' || Knows(before) ? null : before;
            if (brand is not null) tokens.RemoveAt(tokens.Count - 1);
            tokens.Add(new("{product}", Product: new(product, brand)));
            return name.Length;
        }

        return 0;
    }

    private IEnumerable<string> AllPhrases()
    {
        var prompts = language.Prompts;
        return [.. language.Answers.All, .. prompts.Greetings, .. prompts.Statements, .. prompts.When, .. prompts.Details, .. prompts.Wishes, .. prompts.Angry, .. prompts.Kind,
            .. prompts.FollowUps.SelectMany(f => new[] { f.Answer, f.User }), "Something I bought from you", .. language.Products.Select(p => p.Name),
            .. language.Problems.SelectMany(p => p.Fixes.Append(p.Says).Append(p.About))];
    }

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"[.!?]\s*$")]
    private static partial Regex Finish();

    [GeneratedRegex(@"[\p{L}\p{N}']+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\{[a-z]+\}|[\p{L}\p{N}']+")]
    private static partial Regex WordOrSlot();

    [GeneratedRegex(@"\{[a-z]+\}")]
    private static partial Regex SlotName();
}
