using Microsoft.Extensions.Logging;
using Rlhf.Storage;
using Rlhf.Telemetry;

namespace Rlhf.Prompts;

/// <summary>Reads what lies in the inbox. Hosts call it on a timer and when a drop is noticed; one file's trouble never stops the others.</summary>
public sealed partial class InboxSweeper(IBlobStore blobs, PromptIngest ingest, IngestLog log, ILogger<InboxSweeper> logger) : IDisposable
{
    // One reading at a time in a process: two would only compete for the same rows.
    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>One report a file that was read.</summary>
    public async Task<IReadOnlyList<IngestReport>> SweepAsync(CancellationToken cancellation = default)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var reports = new List<IngestReport>();
            await foreach (var item in blobs.ListAsync(InboxFile.Inbox, cancellation))
                if (await TryReadAsync(item.Path, cancellation) is { } report) reports.Add(report);
            return reports;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Reads one file that a notification named; null where somebody else has read it. Storage that fails is the caller's to try again, or the next sweep's.</summary>
    public async Task<IngestReport?> IngestAsync(string path, CancellationToken cancellation = default)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            return await ReadAsync(path, cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Reads one file now; where a sweep was faster, what came of that.</summary>
    /// <exception cref="RlhfException">Storage fails; the file stays in the inbox and is read by a later sweep.</exception>
    public async Task<IngestReport> IngestAsync(CampaignId campaign, string path, string etag, CancellationToken cancellation = default)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            return await ReadAsync(path, cancellation)
                ?? await log.FindReportAsync(campaign, path, etag, cancellation)
                ?? throw new RlhfException("file-gone", $"'{path}' went from the inbox before it was read.", "Send it again.", 409);
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<IngestReport?> TryReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(path, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Every road leads through here, so that each one's lines have the campaign.</summary>
    private async Task<IngestReport?> ReadAsync(string path, CancellationToken cancellation)
    {
        using var scope = logger.BeginScope(WorkIds.OfInstance(InboxFile.Parse(path).Campaign));
        try
        {
            var report = await ingest.IngestAsync(path, cancellation);
            if (report is not null) LogRead(path, report.Accepted, report.Duplicates, report.Rejected);
            return report;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The file stays where it is: the next sweep goes on at its page.
            LogFailed(e, path);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Read {Path}: {Accepted} new prompts, {Duplicates} known, {Rejected} rejected lines")]
    private partial void LogRead(string path, int accepted, int duplicates, int rejected);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading {Path} failed; it stays in the inbox and is tried again")]
    private partial void LogFailed(Exception error, string path);
}
