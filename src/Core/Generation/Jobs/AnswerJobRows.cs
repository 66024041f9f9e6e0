using Rlhf.Storage;
using Rlhf.Training.Launching;

namespace Rlhf.Generation.Jobs;

/// <summary>The answer jobs that are open: table <c>answerjobs</c>, one partition, row = job id. A job that has ended has no row.</summary>
internal sealed class AnswerJobRows(ITableStore tables)
{
    private const string Table = "answerjobs";
    private const string Partition = "open";

    public async Task<JobTrack?> FindAsync(RunId job, CancellationToken cancellation) =>
        (await tables.FindAsync(Table, Partition, job.Value, cancellation))?.ReadBody<JobTrack>();

    public async Task<IReadOnlyDictionary<RunId, JobTrack>> ListAsync(CancellationToken cancellation)
    {
        var open = new Dictionary<RunId, JobTrack>();
        await foreach (var row in tables.QueryAsync(Table, Partition, cancellation: cancellation)) open.Add(RunId.From(row.Row), row.ReadBody<JobTrack>());
        return open;
    }

    public Task WriteAsync(RunId job, JobTrack track, CancellationToken cancellation) => tables.UpsertAsync(Table, Partition, job.Value, track, cancellation);

    public Task DeleteAsync(RunId job, CancellationToken cancellation) => tables.TryDeleteAsync(Table, Partition, job.Value, cancellation: cancellation);
}
