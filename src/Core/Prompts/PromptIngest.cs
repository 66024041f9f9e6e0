using Rlhf.Campaigns;
using Rlhf.Orchestrations;
using Rlhf.Preferences.Imports;
using Rlhf.Storage;

namespace Rlhf.Prompts;

/// <summary>Reads one file of the inbox, prompts or labels, into its campaign: good lines kept, bad ones named, the file moved to <c>prompts/done</c> or <c>prompts/rejected</c>.</summary>
/// <remarks>Idempotent and resumable: a page is stored whole before the next is read, and a reading that was cut off passes over the pages it has. Two hosts may read
/// one file at once, told by an event and by a timer: both come to the same counts, and the one that moves the file reports.</remarks>
public sealed class PromptIngest(
    IBlobStore blobs, CampaignStore campaigns, PromptStore prompts, ImportRecognition recognition, Importer importer, IngestLog log, CampaignSignals signals)
{
    /// <summary>Pages between two signals to the campaign, so that the first prompts are asked while the rest is read.</summary>
    private const int PagesPerSignal = 10;

    /// <param name="path"><c>inbox/&lt;campaign&gt;/&lt;file&gt;</c>.</param>
    /// <returns>Null where there is no such file, or no more (somebody else has read it).</returns>
    public async Task<IngestReport?> IngestAsync(string path, CancellationToken cancellation = default)
    {
        await using var content = await blobs.OpenReadAsync(path, cancellation);
        if (content is null) return null;
        var file = InboxFile.Parse(path);
        try
        {
            var campaign = await OpenCampaignAsync(file, cancellation);
            return await ReadAsync(file, campaign, content, cancellation);
        }
        catch (RlhfException e) when (!e.IsTransient)
        {
            var errors = new LineError[] { new(0, e.Code, e.Message, e.Remedy) };
            var (report, isTaken) = await FinishAsync(file, content.ETag, new(path, 0, 0, 1, errors), cancellation);
            if (IdRules.IsValid(file.Campaign)) await log.EndAsync(new(file.Campaign), new(path, content.ETag, default, Report: report), cancellation);
            return isTaken ? null : report;
        }
    }

    private async Task<Campaign> OpenCampaignAsync(InboxFile file, CancellationToken cancellation)
    {
        var campaign = await campaigns.GetAsync(CampaignId.From(file.Campaign), cancellation);
        CampaignTransitions.Apply(campaign, CampaignOperation.AddPrompts);
        return campaign;
    }

    /// <summary>Labels where its values are some or somebody said so, prompts otherwise.</summary>
    private async Task<IngestReport?> ReadAsync(InboxFile file, Campaign campaign, BlobContent content, CancellationToken cancellation)
    {
        var asked = await log.FindAskedAsync(campaign.Id, file.Path, cancellation);
        if (await RecognizeAsync(file, asked, cancellation) is not { } labels) return await ReadAsync(file, campaign, content, new PromptReading(prompts, file.Name, IngestState.KeyOf(file.Path, content.ETag)), cancellation);
        var source = new ImportSource(labels.Options.Name, labels.Format.Info.Name, IngestState.KeyOf(file.Path, content.ETag)[..8]);
        return await ReadAsync(file, campaign, content, new LabelReading(importer, labels, source), cancellation);
    }

    private async Task<ImportFile?> RecognizeAsync(InboxFile file, ImportOptions? asked, CancellationToken cancellation)
    {
        await using var content = await blobs.OpenReadAsync(file.Path, cancellation);
        if (content is null) return null;
        return asked is null ? await recognition.FindAsync(content.Stream, new(file.Name), cancellation) : await recognition.GetAsync(content.Stream, asked, cancellation);
    }

    private async Task<IngestReport?> ReadAsync<TLine>(InboxFile file, Campaign campaign, BlobContent content, IFileReading<TLine> reading, CancellationToken cancellation)
        where TLine : class
    {
        var state = await log.BeginAsync(campaign.Id, file.Path, content.ETag, cancellation);
        var errors = new ErrorList();
        var page = new List<TLine>(PromptStore.PageSize);
        var passed = 0;
        await foreach (var (good, error) in reading.ReadAsync(content.Stream, cancellation))
        {
            if (error is not null) errors.Add(error);
            if (good is null) continue;
            page.Add(good);
            if (page.Count == PromptStore.PageSize) state = await TakePageAsync(campaign, state, page, passed++, reading, errors, cancellation);
        }
        if (page.Count > 0) state = await TakePageAsync(campaign, state, page, passed, reading, errors, cancellation);
        if (state.Pages == 0 && errors.Count == 0)
            throw new RlhfException("empty-file", $"'{file.Name}' holds no prompt, only blank lines.", "Drop a file with at least one prompt.");

        // Before the file goes: after a crash in between, the campaign knows of its prompts all the same. Known ones may be those of a page that a crash left uncounted.
        if (reading.IsWork(state)) await AnnounceAsync(campaign.Id, cancellation);
        var described = new IngestReport(file.Path, state.Accepted, state.Duplicates, errors.Count, errors.Named) { Imported = reading.Summarize(campaign, state) };
        var (report, isTaken) = await FinishAsync(file, content.ETag, described, cancellation);
        await log.EndAsync(campaign.Id, state with { Report = report }, cancellation);
        await signals.WakeAsync(campaign.Id, cancellation);
        return isTaken ? null : report;
    }

    /// <summary>Stores the page unless an earlier reading did, and empties it.</summary>
    private async Task<IngestState> TakePageAsync<TLine>(
        Campaign campaign, IngestState state, List<TLine> page, int number, IFileReading<TLine> reading, ErrorList errors, CancellationToken cancellation)
    {
        var result = number < state.Pages ? null : await reading.StoreAsync(campaign, number, page, cancellation);
        page.Clear();
        if (result is null) return state;
        errors.AddRange(result.Conflicts);
        state = state.Plus(result);
        await log.SaveAsync(campaign.Id, state, cancellation);
        if (state.Pages % PagesPerSignal == 1 && reading.IsWork(state)) await AnnounceAsync(campaign.Id, cancellation);
        return state;
    }

    private async Task AnnounceAsync(CampaignId id, CancellationToken cancellation)
    {
        await campaigns.UpdateAsync(id, c => CampaignTransitions.Allows(c.State, CampaignOperation.AddPrompts) ? CampaignTransitions.Apply(c, CampaignOperation.AddPrompts) : c, cancellation);
        await signals.WakeAsync(id, cancellation);
    }

    /// <returns>The report, and whether another reading of this file was quicker to move it.</returns>
    private async Task<(IngestReport Report, bool IsTaken)> FinishAsync(InboxFile file, string etag, IngestReport report, CancellationToken cancellation)
    {
        if (report.Errors.Count > 0)
        {
            await blobs.WriteJsonAsync(file.ErrorPath, report.Errors, cancellation: cancellation);
            report = report with { ErrorFile = file.ErrorPath };
        }
        var isGood = report.Accepted + report.Duplicates > 0;
        var movedTo = await MoveAsync(file.Path, etag, isGood ? file.DonePath : file.RejectedPath, cancellation);
        return (report with { MovedTo = movedTo }, movedTo is null && await blobs.FindAsync(file.Path, cancellation) is null);
    }

    /// <returns>Where it lies now, or null where another reading moved it, or somebody wrote it anew meanwhile: then it stays, and is read again.</returns>
    private async Task<string?> MoveAsync(string from, string etag, string to, CancellationToken cancellation)
    {
        if (await CopyAsync(from, etag, to, WriteCondition.CreateOnly, cancellation) is not { } isCopied) return null;
        // Another file of this name was read before: it keeps its place. The same file was put there by another reading, or one that died, and is not kept twice.
        if (!isCopied && !await blobs.HoldsSameAsync(from, to, cancellation))
        {
            to = InboxFile.Beside(to, IngestState.KeyOf(from, etag)[..8]);
            if (await CopyAsync(from, etag, to, default, cancellation) is null) return null;
        }
        return await blobs.DeleteAsync(from, etag, cancellation) ? to : null;
    }

    /// <returns>Null where this version of the file is gone; false where the condition failed.</returns>
    private async Task<bool?> CopyAsync(string from, string etag, string to, WriteCondition condition, CancellationToken cancellation)
    {
        await using var content = await blobs.OpenReadAsync(from, cancellation);
        if (content is null || content.ETag != etag) return null;
        return await blobs.WriteAsync(to, content.Stream, condition, cancellation) is not null;
    }
}
