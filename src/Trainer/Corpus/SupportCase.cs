using System.Text.RegularExpressions;
using Rlhf.Judging;
using Rlhf.Prompts;

namespace Rlhf.Trainer.Corpus;

/// <summary>What a customer writes about.</summary>
/// <param name="Name">The product as it is called, e.g. <c>Velta coffee machine</c> or <c>coffee machine</c>.</param>
/// <param name="HeldOut">Product, brand or problem occurs in test prompts only.</param>
public sealed partial record SupportCase(SupportProduct Product, string Name, SupportProblem Problem, bool HeldOut)
{
    /// <summary>Puts product and problem into a phrase; <c>a</c> becomes <c>an</c> where the product begins with a vowel.</summary>
    public string Fill(string phrase)
    {
        var filled = phrase.Replace("{product}", Name, StringComparison.Ordinal)
            .Replace("{says}", Problem.Says, StringComparison.Ordinal)
            .Replace("{about}", Problem.About, StringComparison.Ordinal);
        return ArticleBeforeVowel().Replace(filled, "$1n ");
    }

    [GeneratedRegex(@"\b(a) (?=[aeiou])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ArticleBeforeVowel();
}

/// <summary>A made prompt. Its split is that of its hash, and test where something in it is held out.</summary>
public sealed record SupportPrompt(IReadOnlyList<Message> Messages, PromptId Id, Split Split, SupportCase Case);
