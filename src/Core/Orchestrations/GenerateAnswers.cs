using Microsoft.Extensions.Logging;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Generation.Jobs;
using Rlhf.Prompts;

namespace Rlhf.Orchestrations;

public sealed record GenerateAnswersInput(CampaignId Campaign, BatchId Batch, int Window);

/// <summary>Pending: a job is writing them; ask again later.</summary>
public enum GenerateOutcome { Written, Paused, Cancelled, Pending }

public sealed record GenerateAnswersResult(int Window, GenerateOutcome Outcome);

/// <summary>Has a window of a batch's prompts answered. What only a person can mend (a model that is missing, a key refused, a budget spent) pauses the campaign with the reason.</summary>
public sealed partial class GenerateAnswers(
    CampaignStore campaigns, BatchStore batches, PromptStore prompts, BatchAnswers answers, RoundGenerators generators, AnswerWriter writer, IGeneratorFactory factory, AnswerJobs jobs, TokenLedger ledger,
    PipelineOptions options, TimeProvider time, ILogger<GenerateAnswers> logger) : Activity<GenerateAnswersInput, GenerateAnswersResult>
{
    public override async Task<GenerateAnswersResult> RunAsync(GenerateAnswersInput input, CancellationToken cancellation) => await WriteAsync(
        await campaigns.GetAsync(input.Campaign, cancellation), await batches.GetAsync(input.Campaign, input.Batch, cancellation), input.Window, cancellation);

    /// <summary>Calls that a batch takes: one where a job answers, which takes minutes to start and is asked for all at once.</summary>
    internal async Task<int> WindowsAsync(Campaign campaign, Batch batch, CancellationToken cancellation)
    {
        var size = Math.Max(1, await WindowAsync(await generators.ForAsync(campaign, batch.Round, cancellation), batch, cancellation));
        return (batch.PromptCount + size - 1) / size;
    }

    /// <param name="campaign">As it was read just now, as <paramref name="batch"/> was.</param>
    internal async Task<GenerateAnswersResult> WriteAsync(Campaign campaign, Batch batch, int window, CancellationToken cancellation)
    {
        if (campaign.State == CampaignState.Cancelled) return await CancelAsync(campaign.Id, window, cancellation);
        if (campaign.State == CampaignState.Paused) return new(window, GenerateOutcome.Paused);
        try
        {
            var written = await answers.FindAsync(campaign.Id, batch.Id, window, cancellation) ?? await GenerateAsync(campaign, batch, window, cancellation);
            await ledger.AddAsync(campaign.Id, $"{batch.Id}~{window}", written.Sum(a => a.Answers.Sum(x => (long)x.CompletionTokens)), cancellation);
            if (campaign.Trouble is not null) await campaigns.UpdateAsync(campaign.Id, c => c.State == CampaignState.Paused ? c : c with { Trouble = null }, cancellation);
            return new(window, GenerateOutcome.Written);
        }
        catch (AnswersPendingException)
        {
            return new(window, GenerateOutcome.Pending);
        }
        catch (RlhfException e) when (!e.IsTransient)
        {
            LogPaused(campaign.Id, batch.Id, e.Message);
            await campaigns.UpdateAsync(campaign.Id, c => CampaignTroubles.Pause(c, StepFailure.Of(e), time.GetUtcNow()), cancellation);
            return new(window, GenerateOutcome.Paused);
        }
        catch (RlhfException e)
        {
            await TrySayAsync(campaign.Id, e, cancellation);
            throw;
        }
    }

    /// <summary>A job may be writing answers that nobody will rank, on a GPU that is billed.</summary>
    private async Task<GenerateAnswersResult> CancelAsync(CampaignId campaign, int window, CancellationToken cancellation)
    {
        await jobs.StopAsync(new(campaign), cancellation);
        return new(window, GenerateOutcome.Cancelled);
    }

    /// <summary>It is tried again for minutes and then again: without this nobody would know why nothing comes.</summary>
    private async Task TrySayAsync(CampaignId campaign, RlhfException failure, CancellationToken cancellation)
    {
        try
        {
            await campaigns.UpdateAsync(campaign, c => CampaignTroubles.Meet(c, StepFailure.Of(failure), time.GetUtcNow()), cancellation);
        }
        catch (RlhfException e)
        {
            // Then it is storage that is away, which the host says for itself.
            LogUnsaid(campaign, e.Message);
        }
    }

    private async Task<IReadOnlyList<AnsweredPrompt>> GenerateAsync(Campaign campaign, Batch batch, int window, CancellationToken cancellation)
    {
        await ledger.CheckAsync(campaign, cancellation);
        var all = await prompts.ReadAsync(batch.Prompts, cancellation);
        var settings = await generators.ForAsync(campaign, batch.Round, cancellation);
        var size = await WindowAsync(settings, batch, cancellation);
        var asked = all.Skip(window * size).Take(size).ToList();
        var written = await writer.WriteAsync(settings, asked, cancellation);
        return await answers.WriteAsync(campaign.Id, batch.Id, window, written, cancellation);
    }

    /// <summary>Prompts of one call.</summary>
    private async Task<int> WindowAsync(CampaignSettings settings, Batch batch, CancellationToken cancellation)
    {
        foreach (var generator in settings.Generators)
            if (await factory.PlaceAsync(generator, cancellation) == GeneratorPlace.Job) return batch.PromptCount;
        return options.GenerationWindow;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Campaign} is paused at batch {Batch}: {Reason}")]
    private partial void LogPaused(CampaignId campaign, BatchId batch, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What keeps campaign {Campaign} from getting on could not be kept: {Reason}")]
    private partial void LogUnsaid(CampaignId campaign, string reason);
}
