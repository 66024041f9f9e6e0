using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Judging;

/// <summary>The words and phrases of the project's own support messages: what the corpus is made of, and what <see cref="SupportRule"/> reads answers with.
/// Slots stand in braces, e.g. <c>{product}</c>, <c>{says}</c>, <c>{about}</c>, <c>{fix}</c>.</summary>
public sealed record SupportLanguage
{
    private static readonly Lazy<SupportLanguage> Loaded = new(Load);

    public static SupportLanguage Default => Loaded.Value;

    public required IReadOnlyList<string> Brands { get; init; }

    /// <summary>Brands that occur in test prompts only.</summary>
    public required IReadOnlyList<string> HeldOutBrands { get; init; }

    /// <summary>More brands are put together from these, so that a model has to copy a name and can't learn them all by heart.</summary>
    public required IReadOnlyList<string> Syllables { get; init; }

    public required IReadOnlyList<SupportProduct> Products { get; init; }

    public required IReadOnlyList<SupportProblem> Problems { get; init; }

    public required SupportPromptPhrases Prompts { get; init; }

    public required SupportAnswerPhrases Answers { get; init; }

    /// <summary>Problems that a product can have.</summary>
    public IEnumerable<SupportProblem> ProblemsOf(SupportProduct product) => Problems.Where(p => p.Kinds.Contains("any") || p.Kinds.Intersect(product.Kinds).Any());

    private static SupportLanguage Load()
    {
        using var stream = typeof(SupportLanguage).Assembly.GetManifestResourceStream("Rlhf.Judging.support-language.json")!;
        return JsonSerializer.Deserialize<SupportLanguage>(stream, RlhfJson.Options)!;
    }
}

/// <param name="Name">One or two words, e.g. <c>coffee machine</c>.</param>
/// <param name="Kinds">What its problems are like.</param>
/// <param name="HeldOut">Occurs in test prompts only.</param>
public sealed record SupportProduct(string Name, IReadOnlyList<string> Kinds, bool HeldOut = false);

/// <param name="Kinds">Of the products that can have it; <c>any</c> for all.</param>
/// <param name="Says">What the customer says of the product: <c>leaks from the bottom</c>.</param>
/// <param name="About">What support calls it: <c>the leak</c>.</param>
/// <param name="Fixes">What helps, after <c>please</c>.</param>
/// <param name="HeldOut">Occurs in test prompts only.</param>
public sealed record SupportProblem(IReadOnlyList<string> Kinds, string Says, string About, IReadOnlyList<string> Fixes, bool HeldOut = false);

public sealed record SupportPromptPhrases(
    IReadOnlyList<string> Greetings, IReadOnlyList<string> Statements, IReadOnlyList<string> When, IReadOnlyList<string> Details,
    IReadOnlyList<string> Wishes, IReadOnlyList<string> Angry, IReadOnlyList<string> Kind, IReadOnlyList<string> Systems,
    IReadOnlyList<SupportFollowUp> FollowUps);

/// <param name="Answer">What support asked back.</param>
/// <param name="User">What the customer said to that.</param>
public sealed record SupportFollowUp(string Answer, string User);

public sealed record SupportAnswerPhrases(
    IReadOnlyList<string> Polite, IReadOnlyList<string> Neutral, IReadOnlyList<string> Rude, IReadOnlyList<string> Fix, IReadOnlyList<string> OtherwiseOffer,
    IReadOnlyList<string> Offer, IReadOnlyList<string> Refusal, IReadOnlyList<string> Filler, IReadOnlyList<string> PoliteClosings, IReadOnlyList<string> RudeClosings)
{
    public IEnumerable<string> All => [.. Polite, .. Neutral, .. Rude, .. Fix, .. OtherwiseOffer, .. Offer, .. Refusal, .. Filler, .. PoliteClosings, .. RudeClosings];
}
