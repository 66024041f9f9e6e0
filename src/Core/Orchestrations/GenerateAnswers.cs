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
    CampaignStore campaigns, BatchStore batches, PromptStore prompts, BatchAnswers answers, RoundGenerators generators, AnswerWriter writer, TokenLedger ledger,
    PipelineOptions options, TimeProvider time, ILogger<GenerateAnswers> logger) : Activity<GenerateAnswersInput, GenerateAnswersResult>
{
    public override async Task<GenerateAnswersResult> RunAsync(GenerateAnswersInput input, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(input.Campaign, cancellation);
        if (campaign.State == CampaignState.Cancelled) return new(input.Window, GenerateOutcome.Cancelled);
        if (campaign.State == CampaignState.Paused) return new(input.Window, GenerateOutcome.Paused);
        try
        {
            var written = await answers.FindAsync(input.Campaign, input.Batch, input.Window, cancellation) ?? await WriteAsync(input, campaign, cancellation);
            await ledger.AddAsync(input.Campaign, $"{input.Batch}~{input.Window}", written.Sum(a => a.Answers.Sum(x => (long)x.CompletionTokens)), cancellation);
            if (campaign.Trouble is not null) await campaigns.UpdateAsync(input.Campaign, c => c.State == CampaignState.Paused ? c : c with { Trouble = null }, cancellation);
            return new(input.Window, GenerateOutcome.Written);
        }
        catch (AnswersPendingException)
        {
            return new(input.Window, GenerateOutcome.Pending);
        }
        catch (RlhfException e) when (!e.IsTransient)
        {
            LogPaused(input.Campaign, input.Batch, e.Message);
            await campaigns.UpdateAsync(input.Campaign, c => CampaignTroubles.Pause(c, StepFailure.Of(e), time.GetUtcNow()), cancellation);
            return new(input.Window, GenerateOutcome.Paused);
        }
        catch (RlhfException e)
        {
            await TrySayAsync(input.Campaign, e, cancellation);
            throw;
        }
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

    private async Task<IReadOnlyList<AnsweredPrompt>> WriteAsync(GenerateAnswersInput input, Campaign campaign, CancellationToken cancellation)
    {
        await ledger.CheckAsync(campaign, cancellation);
        var batch = await batches.GetAsync(input.Campaign, input.Batch, cancellation);
        var all = await prompts.ReadAsync(batch.Prompts, cancellation);
        var window = all.Skip(input.Window * options.GenerationWindow).Take(options.GenerationWindow).ToList();
        var written = await writer.WriteAsync(await generators.ForAsync(campaign, batch.Round, cancellation), window, cancellation);
        return await answers.WriteAsync(input.Campaign, input.Batch, input.Window, written, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Campaign} is paused at batch {Batch}: {Reason}")]
    private partial void LogPaused(CampaignId campaign, BatchId batch, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What keeps campaign {Campaign} from getting on could not be kept: {Reason}")]
    private partial void LogUnsaid(CampaignId campaign, string reason);
}
