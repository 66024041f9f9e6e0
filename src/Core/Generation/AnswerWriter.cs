using Rlhf.Campaigns;
using Rlhf.Prompts;

namespace Rlhf.Generation;

/// <summary>The K answers to a prompt, or why there are none.</summary>
/// <param name="Dropped">E.g. <c>identical-answers</c>, <c>empty-answer</c>, <c>content-filter</c>, <c>rate-limited</c>; null where all K are there.</param>
public sealed record AnsweredPrompt(Prompt Prompt, IReadOnlyList<Answer> Answers, string? Dropped = null);

/// <summary>Has prompts answered K times each: by the campaign's generators by share, seeded, identical answers drawn again.</summary>
public sealed class AnswerWriter(IGeneratorFactory generators)
{
    /// <summary>Drawings of one answer, until it differs from the prompt's others.</summary>
    public const int Attempts = 5;

    /// <returns>One entry a prompt, in order.</returns>
    /// <exception cref="Jobs.AnswersPendingException">A job writes some of them; ask the same again later.</exception>
    /// <exception cref="RlhfException">No generator works at all: a model is missing, a key refused, or (transient) every request failed.</exception>
    public async Task<IReadOnlyList<AnsweredPrompt>> WriteAsync(CampaignSettings settings, IReadOnlyList<Prompt> prompts, CancellationToken cancellation = default)
    {
        var drafts = prompts.Select(p => new AnswerDraft(p, settings)).ToList();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var slots = drafts.SelectMany(d => d.OpenSlots(attempt)).ToList();
            if (slots.Count == 0) break;
            foreach (var group in await JobsFirstAsync(slots, cancellation))
                await FillAsync(group.Key, [.. group], cancellation);
        }
        CheckAnythingWorked(drafts);
        return [.. drafts.Select(d => d.ToResult())];
    }

    /// <summary>All is asked again while a job writes: what is paid for by the call comes after it.</summary>
    private async Task<IEnumerable<IGrouping<GeneratorSettings, AnswerSlot>>> JobsFirstAsync(List<AnswerSlot> slots, CancellationToken cancellation)
    {
        var placed = new List<(bool IsJob, IGrouping<GeneratorSettings, AnswerSlot> Group)>();
        foreach (var group in slots.GroupBy(s => s.Generator)) placed.Add((await generators.PlaceAsync(group.Key, cancellation) == GeneratorPlace.Job, group));
        return placed.OrderByDescending(p => p.IsJob).Select(p => p.Group);
    }

    private async Task FillAsync(GeneratorSettings settings, IReadOnlyList<AnswerSlot> slots, CancellationToken cancellation)
    {
        var generator = await generators.OpenAsync(settings, cancellation);
        var outcomes = await generator.GenerateAsync([.. slots.Select(s => new GenerationRequest(s.Draft.Prompt.Messages, s.Seed))], settings.Sampling, cancellation);
        foreach (var (slot, outcome) in slots.Zip(outcomes)) slot.Draft.Take(slot, generator.Name, outcome);
    }

    /// <summary>One refusal is an outcome; nothing but transient failures is an endpoint that is down, and worth another try later.</summary>
    private static void CheckAnythingWorked(List<AnswerDraft> drafts)
    {
        if (drafts.Count == 0 || drafts.Any(d => d.Failure is not { IsTransient: true })) return;
        var failure = drafts[0].Failure!;
        throw new RlhfException(failure.Code, $"No answer to any of {drafts.Count} prompts: {failure.Message}", "Look at the generator's endpoint; the batch is tried again by itself.", 503)
        {
            IsTransient = true,
        };
    }
}
