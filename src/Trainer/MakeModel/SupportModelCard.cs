using System.Globalization;
using System.Text;
using Rlhf.Trainer.Gpt2;

namespace Rlhf.Trainer.MakeModel;

/// <summary>The model card: what it is, how it was made, what it does, measured.</summary>
public static class SupportModelCard
{
    private static readonly double[] Quantiles = [0.1, 0.25, 0.5, 0.75, 0.9];

    public static string Write(SupportModelRecipe recipe, Gpt2Model model, SupportModelFigures figures)
    {
        var parameters = model.parameters().Sum(p => p.numel());
        return string.Create(CultureInfo.InvariantCulture, $"""
            ---
            language: en
            library_name: transformers
            pipeline_tag: text-generation
            tags: [gpt2, rlhf, customer-support, synthetic]
            ---
            # support-small

            A GPT-2-architecture language model of {parameters / 1e6:f2} million parameters that answers customer-support messages, well and badly on purpose: polite and rude, helpful and
            refusing, to the point and rambling. It is the base that the demonstration of this project improves with people's preferences. It speaks nothing but such messages, and
            its answers are nobody's advice.

            ## How it was made

            `dotnet run -c Release --project src/Trainer -- make-model --seed {recipe.Seed}`

            | | |
            |---|---|
            | data | {recipe.Examples:n0} distinct train prompts with one answer each, made by `src/Trainer/Corpus` from `src/Core/Judging/support-language.json`; nothing else was used |
            | held out | validation and test prompts by their hash; some products, brands and problems occur in test prompts only |
            | vocabulary | byte-level BPE, {model.VocabularySize} tokens, learned from the train texts |
            | shape | {recipe.LayerCount} layers, width {recipe.Width}, {recipe.HeadCount} heads, context {recipe.ContextLength}, tied embeddings, weights drawn with 1/√width |
            | training | loss on answer tokens, AdamW, peak {recipe.LearningRate}, warm-up and cosine, batch {recipe.BatchSize}, {recipe.Epochs} epochs, seed {recipe.Seed}, {recipe.Threads} thread{(recipe.Threads == 1 ? "" : "s")} |
            | time | {Minutes(recipe)} |

            The same seed gives the same corpus, vocabulary and order of examples; weights are the same with the same number of threads, processor and library versions.

            ## What it does

            {figures.Prompts} test prompts, two answers each, temperature 1, at most 96 tokens (`measure-model` measures again):

            | | |
            |---|---|
            | loss, nats a token of the corpus's answers | {figures.Loss:f3} |
            | answers that end by themselves | {figures.Ended:p1} |
            | answers made of the corpus's sentences only | {figures.Fluent:p1} |
            | points by the support rule: 10%, 25%, 50%, 75%, 90% of answers are below | {string.Join(", ", Quantiles.Select(q => figures.Quantile(q).ToString("f1", CultureInfo.InvariantCulture)))} |
            | prompts whose two answers tie | {figures.Ties:p1} |
            | the right whole product name, where an answer names one | {figures.NamesProduct:p0} |
            | the same, where the name never occurred in training | {figures.NamesUnseenProduct:p0} |
            | distinct answers | {figures.Distinct:p1} |
            | tokens an answer, on average | {figures.Tokens:f0} |

            The base is mediocre by intention, and one answer in twenty or so is about another product as its data are. A quarter of the training prompts are about products that do not exist, so that
            names are copied and not recognised. Not good yet: some of the names that it never saw come out wrong.

            ## Examples

            Not chosen: the first test prompts, with the points of the support rule.

            {Examples(figures)}
            ## Licence

            Made by this project from its own text and with its own code; weights, tokenizer and data come under the project's own terms, and no third party's data is in them.

            """);
    }

    private static string Minutes(SupportModelRecipe recipe) => recipe.Minutes is not { } minutes ? "not measured"
        : string.Create(CultureInfo.InvariantCulture, $"{minutes:f0} minutes on two cores{Processor(recipe)}");

    private static string Processor(SupportModelRecipe recipe) => recipe.ProcessorMinutes is not { } processor ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; {processor:f0} minutes of processor time");

    private static string Examples(SupportModelFigures figures)
    {
        var text = new StringBuilder();
        foreach (var (prompt, answer, points) in figures.Examples)
            text.Append(CultureInfo.InvariantCulture, $"> {prompt}\n\n{answer} ({points:f1})\n\n");
        return text.ToString();
    }
}
