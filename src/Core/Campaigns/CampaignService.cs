using Rlhf.Orchestrations;
using Rlhf.Prompts;
using Rlhf.Training;

namespace Rlhf.Campaigns;

/// <summary>What an owner does with a campaign. Every operation may be retried: rows are written first, then the orchestration is told.</summary>
public sealed class CampaignService(CampaignStore campaigns, IOrchestrationClient orchestrations, TimeProvider time)
{
    /// <summary>Checks the settings, makes the campaign and starts its orchestration. The same campaign created twice is one campaign.</summary>
    /// <param name="annotators">How many there will be, where that is known; the overlap is held against it.</param>
    /// <exception cref="RlhfException">A setting is wrong, or <c>campaign-exists</c> with other settings.</exception>
    public async Task<Campaign> CreateAsync(CampaignSettings settings, int? annotators = null, CancellationToken cancellation = default)
    {
        CampaignSettingsRules.Check(settings);
        if (annotators is { } count) CampaignSettingsRules.CheckAnnotators(settings, count);
        var campaign = new Campaign(settings, CampaignState.Active, time.GetUtcNow());
        if (!await campaigns.CreateAsync(campaign, cancellation))
            campaign = Same(await campaigns.GetAsync(settings.Id, cancellation), settings);
        await EnsureRunningAsync(campaign.Id, cancellation);
        return campaign;
    }

    /// <summary>Reads a prompt file into the campaign: what is new, what was there already, and what is no prompt and why.</summary>
    /// <param name="content">Stored whole in the inbox before the first line is read, so an acknowledged file is never lost.</param>
    /// <param name="fileName">Its extension says what it is: .jsonl .json .csv .txt .parquet.</param>
    public Task<IngestReport> AddPromptsAsync(CampaignId id, Stream content, string fileName, CancellationToken cancellation = default) => throw new NotImplementedException();

    public Task<Campaign> PauseAsync(CampaignId id, string reason, CancellationToken cancellation = default) =>
        ChangeAsync(id, CampaignOperation.Pause, reason, cancellation);

    public Task<Campaign> ResumeAsync(CampaignId id, CancellationToken cancellation = default) =>
        ChangeAsync(id, CampaignOperation.Resume, null, cancellation);

    /// <summary>Ends the campaign: its batches end, its job is stopped, late rankings are kept as extra.</summary>
    public Task<Campaign> CancelAsync(CampaignId id, string reason, CancellationToken cancellation = default) =>
        ChangeAsync(id, CampaignOperation.Cancel, reason, cancellation);

    /// <summary>Starts a run on what is labeled so far.</summary>
    public Task<Run> TrainNowAsync(CampaignId id, CancellationToken cancellation = default) => throw new NotImplementedException();

    public Task<CampaignProgress> GetProgressAsync(CampaignId id, CancellationToken cancellation = default) => throw new NotImplementedException();

    private async Task<Campaign> ChangeAsync(CampaignId id, CampaignOperation operation, string? reason, CancellationToken cancellation)
    {
        var campaign = await campaigns.UpdateAsync(id, c => CampaignTransitions.Apply(c, operation, reason), cancellation);
        await EnsureRunningAsync(id, cancellation);
        return campaign;
    }

    /// <summary>Starts the campaign's orchestration, or tells the running one to look at its row.</summary>
    private async Task EnsureRunningAsync(CampaignId id, CancellationToken cancellation)
    {
        try
        {
            await orchestrations.ScheduleAsync("RunCampaign", null, id.Value, cancellation);
        }
        catch (DuplicateInstanceException)
        {
            await orchestrations.RaiseEventAsync(id.Value, EventNames.CampaignChanged, null, cancellation);
        }
    }

    private static Campaign Same(Campaign existing, CampaignSettings settings)
    {
        if (Storage.StorageExtensions.ToBody(existing.Settings) == Storage.StorageExtensions.ToBody(settings)) return existing;
        throw new RlhfException("campaign-exists", $"There is a campaign '{settings.Id}' with other settings.",
            "Choose another id, or leave the settings as they are.", 409);
    }
}
