using Rlhf.Generation;
using Rlhf.Generation.Tokenization;
using Rlhf.Judging;
using Rlhf.Prompts;
using Rlhf.Trainer.Corpus;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Sampling;
using Rlhf.Trainer.Sft;

namespace Rlhf.Trainer.MakeModel;

/// <summary>Measures a support model for its card, always with the same prompts and seeds.</summary>
public static class SupportModelMeasurement
{
    private const int PromptCount = 400;
    private const int ExampleCount = 6;
    private const long Seed = 1000;

    public static SupportModelFigures Measure(ICausalLanguageModel model, ChatTokenizer tokenizer, SupportLanguage language)
    {
        var prompts = new SupportPromptWriter(language, Seed).Distinct(Split.Test).Take(PromptCount).ToList();
        var first = Answers(model, tokenizer, prompts, Seed + 1);
        var second = Answers(model, tokenizer, prompts, Seed + 2);
        List<SampledAnswer> both = [.. first, .. second];
        return new(
            PromptCount, Loss(model, tokenizer, language, prompts), both.Average(a => a.Ended ? 1 : 0), both.Average(a => SupportRule.IsFluent(a.Text) ? 1 : 0),
            [.. both.Select(a => a.Points).Order()], first.Zip(second).Average(p => p.First.Points == p.Second.Points ? 1 : 0),
            NamesProduct(both.Where(a => !IsUnseen(language, a.Case)), language), NamesProduct(both.Where(a => IsUnseen(language, a.Case)), language),
            (double)both.Select(a => a.Text).Distinct().Count() / both.Count, both.Average(a => a.Tokens),
            [.. first.Take(ExampleCount).Select(a => (a.Prompt, a.Text, a.Points))]);
    }

    private static List<SampledAnswer> Answers(ICausalLanguageModel model, ChatTokenizer tokenizer, List<SupportPrompt> prompts, long seed)
    {
        var sampling = new SamplingSettings();
        var encoded = prompts.Select(p => tokenizer.EncodePrompt(p.Messages, model.ContextLength - sampling.MaximumTokens)!.Tokens.ToArray()).ToList();
        return [.. PolicySampler.Sample(model, encoded, sampling, tokenizer.EndTokenId, seed).Zip(prompts, (answer, prompt) =>
        {
            var text = tokenizer.DecodeAnswer(answer.Tokens);
            return new SampledAnswer(prompt.Messages[^1].Content, prompt.Case, text, answer.Ended, answer.Tokens.Count, SupportRule.Score(prompt.Messages, text));
        })];
    }

    private static double Loss(ICausalLanguageModel model, ChatTokenizer tokenizer, SupportLanguage language, List<SupportPrompt> prompts)
    {
        var writer = new SupportAnswerWriter(language, Seed);
        return SftTrainer.Evaluate(model, [.. prompts.Select(p => SftExample.TryEncode(tokenizer, new(p.Messages, writer.Write(p.Case)), model.ContextLength)).OfType<SftExample>()]);
    }

    private static bool IsUnseen(SupportLanguage language, SupportCase about) =>
        about.Product.HeldOut || language.HeldOutBrands.Any(b => about.Name.StartsWith(b, StringComparison.Ordinal));

    private static double NamesProduct(IEnumerable<SampledAnswer> answers, SupportLanguage language)
    {
        var naming = answers.Where(a => Names(a, a.Case.Product.Name) || language.Products.Any(p => Names(a, p.Name))).ToList();
        return naming.Count == 0 ? double.NaN : naming.Average(a => Names(a, a.Case.Name) ? 1 : 0);
    }

    private static bool Names(SampledAnswer answer, string product) => answer.Text.Contains($" {product}", StringComparison.OrdinalIgnoreCase);

    private sealed record SampledAnswer(string Prompt, SupportCase Case, string Text, bool Ended, int Tokens, double Points);
}
