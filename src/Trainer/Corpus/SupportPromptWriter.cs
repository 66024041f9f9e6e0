using System.Globalization;
using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Prompts;

namespace Rlhf.Trainer.Corpus;

/// <summary>Writes customers' messages: many products, problems, openings, tones and lengths, some in lower case, some with a system turn or an earlier turn.</summary>
/// <param name="inventedShare">Share of prompts about a product that does not exist, put together from the language's: for training only, so that names are copied and not recognised.</param>
public sealed class SupportPromptWriter(SupportLanguage language, long seed, double inventedShare = 0)
{
    /// <summary>Shares of the made prompts; a prompt with a held-out word is test whatever its hash says.</summary>
    public static SplitSettings Shares { get; } = new(Validation: 0.08, Test: 0.18);

    private readonly PhraseSource source = new(seed);

    /// <summary>The next prompt; about one in sixteen has a held-out product, brand or problem.</summary>
    public SupportPrompt Next()
    {
        var about = NextCase();
        var messages = NextMessages(about);
        var id = PromptHash.IdOf(messages);
        return new(messages, id, about.HeldOut ? Split.Test : PromptHash.SplitOf(id.Value, Shares), about);
    }

    /// <summary>Distinct prompts of some splits.</summary>
    public IEnumerable<SupportPrompt> Distinct(params Split[] splits)
    {
        var seen = new HashSet<PromptId>();
        while (true)
        {
            var prompt = Next();
            if (splits.Contains(prompt.Split) && seen.Add(prompt.Id)) yield return prompt;
        }
    }

    private SupportCase NextCase()
    {
        var product = PickHeldOutRarely(language.Products, p => p.HeldOut);
        var problem = PickHeldOutRarely([.. language.ProblemsOf(product)], p => p.HeldOut);
        if (inventedShare > 0 && source.Chance(inventedShare)) product = product with { Name = InventName() };
        var brand = NextBrand();
        return new(product, brand is null ? product.Name : $"{brand} {product.Name}", problem,
            product.HeldOut || problem.HeldOut || (brand is not null && language.HeldOutBrands.Contains(brand)));
    }

    private T PickHeldOutRarely<T>(IReadOnlyList<T> options, Func<T, bool> isHeldOut)
    {
        var rare = options.Where(isHeldOut).ToList();
        return rare.Count > 0 && source.Chance(0.02) ? source.Pick(rare) : source.Pick([.. options.Where(o => !isHeldOut(o))]);
    }

    /// <summary>The first word of one product and the last of another, or one word of the first half of one and the second half of another.</summary>
    private string InventName()
    {
        while (true)
        {
            var (first, second) = (NextWord(), NextWord());
            var name = source.Chance(0.5) ? $"{first} {second}" : first[..((first.Length + 1) / 2)] + second[(second.Length / 2)..];
            if (name.Length >= 4 && first != second && !language.Products.Any(p => name.Contains(p.Name, StringComparison.Ordinal))) return name;
        }
    }

    private string NextWord() => source.Pick(source.Pick(language.Products.Where(p => !p.HeldOut).ToList()).Name.Split(' '));

    private string? NextBrand() => source.Pick<int>([(0, 0.35), (1, 0.25), (2, 0.38), (3, 0.02)]) switch
    {
        0 => null,
        1 => source.Pick(language.Brands),
        2 => Capitalize(string.Concat(Enumerable.Range(0, source.Number(2, 4)).Select(_ => source.Pick(language.Syllables)))),
        _ => source.Pick(language.HeldOutBrands),
    };

    private List<Message> NextMessages(SupportCase about)
    {
        var phrases = language.Prompts;
        var messages = new List<Message>();
        if (source.Chance(0.06)) messages.Add(new(MessageRole.System, source.Pick(phrases.Systems)));
        if (!source.Chance(0.05))
        {
            messages.Add(new(MessageRole.User, NextText(about)));
            return messages;
        }

        // An earlier exchange: product and problem stand in different turns.
        var followUp = source.Pick(phrases.FollowUps);
        var asksProduct = !followUp.Answer.Contains("{product}", StringComparison.Ordinal) && followUp.User.Contains("{product}", StringComparison.Ordinal);
        messages.Add(new(MessageRole.User, asksProduct ? $"Something I bought from you {about.Problem.Says}." : $"I have a problem with my {about.Name}."));
        messages.Add(new(MessageRole.Assistant, Fill(followUp.Answer, about)));
        messages.Add(new(MessageRole.User, Fill(followUp.User, about)));
        return messages;
    }

    private string NextText(SupportCase about)
    {
        var phrases = language.Prompts;
        var (isAngry, isKind) = (source.Chance(0.2), source.Chance(0.3));
        var sentences = new List<string>();
        sentences.Add(Fill(source.Pick(phrases.Statements), about));
        for (var more = source.Pick<int>([(0, 0.5), (1, 0.35), (2, 0.15)]); more > 0; more--) sentences.Add(Fill(source.Pick(phrases.Details), about));
        if (isAngry) sentences.Insert(source.Number(1, sentences.Count + 1), source.Pick(phrases.Angry));
        if (source.Chance(0.6)) sentences.Add(source.Pick(phrases.Wishes));
        if (isKind && !isAngry) sentences.Add(source.Pick(phrases.Kind));
        var text = string.Join(' ', sentences.Distinct());
        return InManner(source.Chance(0.4) ? Greeted(source.Pick(phrases.Greetings), text) : text);
    }

    /// <summary>After a comma the sentence goes on in lower case, but for <c>I</c>.</summary>
    private static string Greeted(string greeting, string text) =>
        greeting.EndsWith(',') && !text.StartsWith("I ", StringComparison.Ordinal) ? $"{greeting} {char.ToLowerInvariant(text[0])}{text[1..]}" : $"{greeting} {text}";

    private string InManner(string text) => source.Pick<int>([(0, 0.84), (1, 0.08), (2, 0.05), (3, 0.03)]) switch
    {
        0 => text,
        1 => text.ToLowerInvariant(),
        2 => text.TrimEnd('.', '!', '?'),
        _ => text.Replace(". ", "!! ", StringComparison.Ordinal),
    };

    private string Fill(string phrase, SupportCase about) => about.Fill(phrase)
        .Replace("{when}", source.Pick(language.Prompts.When), StringComparison.Ordinal)
        .Replace("{number}", source.Number(10000, 99999).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string Capitalize(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
