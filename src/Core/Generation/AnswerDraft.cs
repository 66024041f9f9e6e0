using Rlhf.Campaigns;
using Rlhf.Prompts;

namespace Rlhf.Generation;

/// <summary>One drawing of one answer.</summary>
internal sealed record AnswerSlot(AnswerDraft Draft, int Index, GeneratorSettings Generator, long Seed);

/// <summary>The answers to one prompt while they are being drawn.</summary>
internal sealed class AnswerDraft(Prompt prompt, CampaignSettings settings)
{
    private readonly Answer?[] answers = new Answer?[settings.Answers];
    private string lastProblem = "identical-answers";

    public Prompt Prompt => prompt;

    /// <summary>A failure that ends the prompt: another drawing would not help now.</summary>
    public GenerationFailure? Failure { get; private set; }

    /// <summary>Answers that are not there yet, each with this attempt's seed.</summary>
    public IEnumerable<AnswerSlot> OpenSlots(int attempt)
    {
        if (Failure is not null) return [];
        return Enumerable.Range(0, answers.Length).Where(i => answers[i] is null).Select(i => new AnswerSlot(
            this, i, AnswerSeeds.GeneratorFor(settings.Generators, settings.Seed, prompt.Id, i), AnswerSeeds.Of(settings.Seed, prompt.Id, i, attempt)));
    }

    public void Take(AnswerSlot slot, string generator, GenerationOutcome outcome)
    {
        if (outcome.Text is null)
        {
            Failure ??= outcome.Failure ?? new("no-answer", "The generator gave no answer and no reason.", IsTransient: false);
            return;
        }
        var text = outcome.Text.Trim();
        if (text.Length == 0) lastProblem = "empty-answer";
        else if (answers.Any(a => a?.Text == text)) lastProblem = "identical-answers";
        else
            answers[slot.Index] = new(((char)('a' + slot.Index)).ToString(), text, generator, outcome.FinishReason, slot.Seed, outcome.PromptTokens,
                outcome.CompletionTokens, slot.Generator.Sampling);
    }

    public AnsweredPrompt ToResult()
    {
        var dropped = Failure?.Code ?? (answers.Any(a => a is null) ? lastProblem : null);
        return new(prompt, [.. answers.OfType<Answer>()], dropped);
    }
}
