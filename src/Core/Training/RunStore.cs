using Rlhf.Storage;
using Rlhf.Telemetry;

namespace Rlhf.Training;

/// <summary>The runs' rows: table <c>runs</c>, partition = campaign, row = run id.</summary>
public sealed class RunStore(ITableStore tables)
{
    private const string Table = "runs";

    public static RunId IdFor(CampaignId campaign, int number) => RunId.From($"{campaign.Value}-run{number}");

    /// <summary>The campaign that a run id names.</summary>
    /// <exception cref="RlhfException"><c>run-not-found</c> where it is no run's id.</exception>
    public static CampaignId CampaignOf(RunId id)
    {
        var end = id.Value.LastIndexOf("-run", StringComparison.Ordinal);
        return end > 0 ? CampaignId.From(id.Value[..end]) : throw NotFound(id);
    }

    public async Task<Run?> FindAsync(RunId id, CancellationToken cancellation = default) =>
        (await tables.FindAsync(Table, CampaignOf(id).Value, id.Value, cancellation))?.ReadBody<Run>();

    /// <exception cref="RlhfException"><c>run-not-found</c>.</exception>
    public async Task<Run> GetAsync(RunId id, CancellationToken cancellation = default) => await FindAsync(id, cancellation) ?? throw NotFound(id);

    /// <summary>A campaign's runs, the newest first.</summary>
    public async Task<IReadOnlyList<Run>> ListAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var runs = new List<Run>();
        await foreach (var row in tables.QueryAsync(Table, campaign.Value, cancellation: cancellation))
            runs.Add(row.ReadBody<Run>());
        return [.. runs.OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Id.Value.Length).ThenByDescending(run => run.Id.Value, StringComparer.Ordinal)];
    }

    /// <returns>Whether the row was made; false where the id is taken.</returns>
    public async Task<bool> CreateAsync(Run run, CancellationToken cancellation = default)
    {
        if (await tables.TryInsertAsync(Table, run.Campaign.Value, run.Id.Value, run, cancellation) is null) return false;
        PipelineMetrics.JobState(run);
        return true;
    }

    /// <summary>Applies <paramref name="change"/> (pure, may run several times) to the newest row and writes it under its ETag.</summary>
    /// <exception cref="RlhfException"><c>run-not-found</c>.</exception>
    public async Task<Run> UpdateAsync(RunId id, Func<Run, Run> change, CancellationToken cancellation = default)
    {
        var partition = CampaignOf(id).Value;
        while (true)
        {
            var row = await tables.FindAsync(Table, partition, id.Value, cancellation) ?? throw NotFound(id);
            var before = row.ReadBody<Run>();
            var after = change(before);
            if (StorageExtensions.ToBody(after) == row.Body) return after;
            if (await tables.TryReplaceAsync(Table, partition, id.Value, after, row.ETag, cancellation) is null) continue;
            if (after.State != before.State) PipelineMetrics.JobState(after);
            return after;
        }
    }

    private static RlhfException NotFound(RunId id) =>
        new("run-not-found", $"There is no run '{id}'.", "Check the id in the campaign's list of runs.", 404);
}
