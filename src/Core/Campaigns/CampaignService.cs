using Rlhf.Labeling.Serving;
using Rlhf.Orchestrations;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Campaigns;

/// <summary>What an owner does with a campaign. Every operation may be retried: rows are written first, then the orchestration is told.</summary>
public sealed class CampaignService(
    CampaignStore campaigns, BatchStore batches, RunService runs, ProgressReader progress, OpenStore open, InboxSweeper inbox, IngestLog ingests, IBlobStore blobs,
    CampaignSignals signals, TimeProvider time)
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
        await signals.WakeAsync(campaign.Id, cancellation);
        return campaign;
    }

    /// <summary>Reads a prompt file into the campaign: what is new, what was there already, and what is no prompt and why.</summary>
    /// <param name="content">Stored whole in the inbox before the first line is read, so an acknowledged file is never lost.</param>
    /// <param name="fileName">Its extension says what it is: .jsonl .json .csv .txt .parquet.</param>
    /// <exception cref="RlhfException"><c>campaign-not-found</c>, or the campaign is cancelled.</exception>
    public Task<IngestReport> AddPromptsAsync(CampaignId id, Stream content, string fileName, CancellationToken cancellation = default) =>
        AddFileAsync(id, content, fileName, null, cancellation);

    /// <summary>Reads a file of comparisons and what annotators said of them into the campaign.</summary>
    /// <param name="content">As for prompts.</param>
    /// <exception cref="RlhfException"><c>campaign-not-found</c>, <c>unknown-format</c>, or the campaign is cancelled.</exception>
    public Task<IngestReport> ImportAsync(CampaignId id, Stream content, ImportOptions options, CancellationToken cancellation = default) =>
        AddFileAsync(id, content, options.Name, options, cancellation);

    private async Task<IngestReport> AddFileAsync(CampaignId id, Stream content, string fileName, ImportOptions? options, CancellationToken cancellation)
    {
        CampaignTransitions.Apply(await campaigns.GetAsync(id, cancellation), CampaignOperation.AddPrompts);
        var path = new InboxFile(id.Value, InboxFile.SafeName(fileName)).Path;
        // One of this name waits there already: both are read. A request's body can be read once only, so the place is found first.
        if (options is not null || await blobs.FindAsync(path, cancellation) is not null) path = InboxFile.Beside(path, Guid.NewGuid().ToString("n")[..8]);
        if (options is not null) await ingests.AskAsync(id, path, options, cancellation);
        var etag = await blobs.WriteAsync(path, content, WriteCondition.CreateOnly, cancellation)
            ?? throw new RlhfException("inbox-busy", $"Another '{fileName}' came at the same moment.", "Send the file again.", 409) { IsTransient = true };
        return await inbox.IngestAsync(id, path, etag, cancellation);
    }

    public Task<Campaign> PauseAsync(CampaignId id, string reason, CancellationToken cancellation = default) =>
        ChangeAsync(id, CampaignOperation.Pause, reason, cancellation);

    public async Task<Campaign> ResumeAsync(CampaignId id, CancellationToken cancellation = default)
    {
        var campaign = await ChangeAsync(id, CampaignOperation.Resume, null, cancellation);
        // Directly: where a batch's own trouble paused the campaign, its orchestration may not have seen the pause, and would tell nobody that it is over.
        await WakeBatchesAsync(id, cancellation);
        return campaign;
    }

    /// <summary>Asks fewer annotators a comparison, from now on and for what is open; what has enough rankings now is complete.</summary>
    /// <exception cref="RlhfException"><c>invalid-overlap</c>, or <c>overlap-only-lower</c>: comparisons that are complete are not asked about again.</exception>
    public async Task<Campaign> LowerOverlapAsync(CampaignId id, int overlap, string by = SettingsChange.Owner, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        var campaign = await campaigns.UpdateAsync(id, c => c.WithSettings(Lowered(c, overlap), by, now), cancellation);
        await open.LowerAsync(id, _ => overlap, cancellation);
        await WakeBatchesAsync(id, cancellation);
        return campaign;
    }

    /// <summary>Takes the labeling as it is: open batches end with the rankings they have, no more is asked until prompts are added, and the round goes on to its training.</summary>
    public async Task<Campaign> CloseAsync(CampaignId id, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        var campaign = await campaigns.UpdateAsync(id, c => CampaignTransitions.Apply(c, CampaignOperation.Close) with { ClosedAt = now }, cancellation);
        await WakeBatchesAsync(id, cancellation);
        await signals.WakeAsync(id, cancellation);
        return campaign;
    }

    /// <summary>Goes on with another token budget; null is no bound.</summary>
    public async Task<Campaign> ResumeAsync(CampaignId id, long? tokenBudget, CancellationToken cancellation = default)
    {
        await campaigns.UpdateAsync(id, c =>
        {
            var settings = c.Settings with { TokenBudget = tokenBudget };
            CampaignSettingsRules.Check(settings);
            return c with { Settings = settings };
        }, cancellation);
        return await ResumeAsync(id, cancellation);
    }

    /// <summary>Ends the campaign: its batches end, its job is stopped, late rankings are kept as extra.</summary>
    public async Task<Campaign> CancelAsync(CampaignId id, string reason, CancellationToken cancellation = default)
    {
        var campaign = await ChangeAsync(id, CampaignOperation.Cancel, reason, cancellation);
        foreach (var run in await runs.ListAsync(id, cancellation))
            if (!run.HasEnded) await runs.CancelAsync(run.Id, cancellation);
        return campaign;
    }

    /// <summary>Starts a run on what is labeled so far.</summary>
    /// <exception cref="RlhfException"><c>no-policy</c>, <c>too-few-pairs</c> or <c>run-active</c>.</exception>
    public Task<Run> TrainNowAsync(CampaignId id, CancellationToken cancellation = default) => runs.StartAsync(id, cancellation: cancellation);

    public Task<CampaignProgress> GetProgressAsync(CampaignId id, CancellationToken cancellation = default) => progress.ReadAsync(id, cancellation);

    private async Task<Campaign> ChangeAsync(CampaignId id, CampaignOperation operation, string? reason, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var campaign = await campaigns.UpdateAsync(id, c => PauseClock.Keep(c, CampaignTransitions.Apply(c, operation, reason), now), cancellation);
        await signals.WakeAsync(id, cancellation);
        return campaign;
    }

    private async Task WakeBatchesAsync(CampaignId id, CancellationToken cancellation)
    {
        foreach (var batch in await batches.ListAsync(id, cancellation))
            if (!batch.HasEnded) await signals.WakeAsync(batch.Id, cancellation);
    }

    private static CampaignSettings Lowered(Campaign campaign, int overlap)
    {
        CampaignTransitions.Apply(campaign, CampaignOperation.Close);
        var settings = campaign.Settings with { Overlap = overlap, Sharing = campaign.Settings.Sharing.AtMost(Math.Max(1, overlap)) };
        CampaignSettingsRules.Check(settings);
        return overlap <= campaign.Settings.Overlap ? settings
            : throw new RlhfException("overlap-only-lower", $"The overlap of '{campaign.Id}' is {campaign.Settings.Overlap} and can't be raised to {overlap}.",
                "Give a lower one, or create another campaign with the higher one.", 409);
    }

    private static Campaign Same(Campaign existing, CampaignSettings settings)
    {
        if (StorageExtensions.ToBody(existing.Settings) == StorageExtensions.ToBody(settings)) return existing;
        throw new RlhfException("campaign-exists", $"There is a campaign '{settings.Id}' with other settings.",
            "Choose another id or title, or leave the settings as they are.", 409)
        { Field = "title" };
    }
}
