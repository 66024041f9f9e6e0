using Rlhf.Preferences.Imports;
using Rlhf.Storage;

namespace Rlhf.Prompts;

/// <summary>The rows that say what is being read and what came of it.</summary>
public sealed class IngestLog(ITableStore tables, IBlobStore blobs, TimeProvider time)
{
    /// <summary>Whether a file of the campaign is being read; then more prompts may come in a moment.</summary>
    /// <remarks>A reading whose file is gone (moved just before a crash, or taken out by hand) is over, and its row goes.</remarks>
    public async Task<bool> IsReadingAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var rows = await tables.QueryAsync(IngestState.Table, campaign.Value, IngestState.ReadingPrefix, IngestState.ReadingPrefix + "~", cancellation: cancellation).ToListAsync(cancellation);
        foreach (var row in rows)
        {
            if (await blobs.FindAsync(row.ReadBody<IngestState>().File, cancellation) is not null) return true;
            await tables.TryDeleteAsync(IngestState.Table, campaign.Value, row.Row, row.ETag, cancellation);
        }
        return false;
    }

    internal async Task<IngestState> BeginAsync(CampaignId campaign, string file, string etag, CancellationToken cancellation)
    {
        var row = await tables.FindAsync(IngestState.Table, campaign.Value, IngestState.ReadingPrefix + IngestState.KeyOf(file, etag), cancellation);
        if (row is not null) return row.ReadBody<IngestState>();
        var state = new IngestState(file, etag, time.GetUtcNow());
        await SaveAsync(campaign, state, cancellation);
        return state;
    }

    internal Task SaveAsync(CampaignId campaign, IngestState state, CancellationToken cancellation) =>
        tables.UpsertAsync(IngestState.Table, campaign.Value, IngestState.ReadingPrefix + state.Key, state, cancellation);

    /// <summary>The reading is over. Of two at once the report is of the one that moved the file, whichever ends last; the other leaves its own only where there is none yet.</summary>
    internal async Task EndAsync(CampaignId campaign, IngestState state, CancellationToken cancellation)
    {
        TableOperation[] over =
        [
            new(TableOperationKind.Delete, IngestState.ReadingPrefix + state.Key),
            new(TableOperationKind.Delete, IngestState.AskedPrefix + IngestState.KeyOf(state.File, "")),
        ];
        var kind = state.Report?.MovedTo is null ? TableOperationKind.Insert : TableOperationKind.Upsert;
        var done = new TableOperation(kind, IngestState.DonePrefix + state.Key, StorageExtensions.ToBody(state with { Report = Short(state.Report) }));
        if (await tables.WriteAsync(IngestState.Table, campaign.Value, [.. over, done], cancellation) is null)
            await tables.WriteAsync(IngestState.Table, campaign.Value, over, cancellation);
    }

    /// <summary>What came of this version of this file; null while it is not read.</summary>
    internal async Task<IngestReport?> FindReportAsync(CampaignId campaign, string file, string etag, CancellationToken cancellation) =>
        (await tables.FindAsync(IngestState.Table, campaign.Value, IngestState.DonePrefix + IngestState.KeyOf(file, etag), cancellation))?.ReadBody<IngestState>().Report;

    /// <summary>Keeps what was said about a file that is about to be put into the inbox.</summary>
    internal Task AskAsync(CampaignId campaign, string file, ImportOptions options, CancellationToken cancellation) =>
        tables.UpsertAsync(IngestState.Table, campaign.Value, IngestState.AskedPrefix + IngestState.KeyOf(file, ""), options, cancellation);

    /// <summary>What was said about a file; null of one that was dropped.</summary>
    internal async Task<ImportOptions?> FindAskedAsync(CampaignId campaign, string file, CancellationToken cancellation) =>
        (await tables.FindAsync(IngestState.Table, campaign.Value, IngestState.AskedPrefix + IngestState.KeyOf(file, ""), cancellation))?.ReadBody<ImportOptions>();

    /// <summary>What files of labels brought the campaign.</summary>
    public async Task<IReadOnlyList<IngestReport>> ListImportsAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var reports = new List<IngestReport>();
        await foreach (var row in tables.QueryAsync(IngestState.Table, campaign.Value, IngestState.DonePrefix, IngestState.DonePrefix + "~", cancellation: cancellation))
            if (row.ReadBody<IngestState>().Report is { Imported: not null } report) reports.Add(report);
        return reports;
    }

    /// <summary>A row holds 32,000 characters; all errors lie in the error file.</summary>
    private static IngestReport? Short(IngestReport? report) => report is null ? null : report with { Errors = [.. report.Errors.Take(20)] };
}
