namespace Rlhf.Trainer.MakeModel;

/// <summary>What a model does on test prompts of the corpus, two answers each at temperature 1.</summary>
/// <param name="Prompts">Test prompts, none of them in training.</param>
/// <param name="Loss">Nats a token of the corpus's own answers to them.</param>
/// <param name="Ended">Share of answers that ended by themselves.</param>
/// <param name="Fluent">Share of answers that consist of the corpus's sentences, word for word but for the slots.</param>
/// <param name="Scores">Points by the support rule, ascending.</param>
/// <param name="Ties">Share of prompts whose two answers have the same points.</param>
/// <param name="NamesProduct">Of the answers that name a product, the share that name the customer's by its whole name.</param>
/// <param name="NamesUnseenProduct">The same where a word of the name never occurred in training.</param>
/// <param name="Distinct">Distinct answers over all answers.</param>
/// <param name="Tokens">Mean tokens an answer, end token included.</param>
/// <param name="Examples">Some prompts with their first answer and its points.</param>
public sealed record SupportModelFigures(
    int Prompts, double Loss, double Ended, double Fluent, IReadOnlyList<double> Scores, double Ties, double NamesProduct, double NamesUnseenProduct,
    double Distinct, double Tokens, IReadOnlyList<(string Prompt, string Answer, double Points)> Examples)
{
    /// <summary>Points at a share of the answers, 0..1.</summary>
    public double Quantile(double share) => Scores[(int)Math.Round(share * (Scores.Count - 1))];
}
