using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>Lets requests meet in front of the real store: each of the parties has written to the table before one of them goes on to read it.</summary>
internal sealed class MeetingTables(string table, int parties)
{
    private Meeting? writing;

    /// <summary>The next writes to the table are the parties'.</summary>
    public void Begin() => writing = new(parties);

    public void Decorate(IServiceCollection services)
    {
        var real = (ITableStore)services.Last(s => s.ServiceType == typeof(ITableStore)).ImplementationInstance!;
        services.Replace(ServiceDescriptor.Singleton<ITableStore>(new Store(real, this)));
    }

    private sealed class Meeting(int parties)
    {
        private readonly TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int there;

        public Task ArriveAsync()
        {
            if (Interlocked.Increment(ref there) >= parties) all.TrySetResult();
            return all.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    private sealed class Store(ITableStore inner, MeetingTables meetings) : ITableStore, IDisposable
    {
        public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default) =>
            inner.FindAsync(table, partition, row, cancellation);

        public IAsyncEnumerable<TableRow> QueryAsync(
            string table, string partition, string? fromRow = null, string? toRow = null, int? take = null, CancellationToken cancellation = default) =>
            inner.QueryAsync(table, partition, fromRow, toRow, take, cancellation);

        public async Task<IReadOnlyList<string?>?> WriteAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default)
        {
            var written = await inner.WriteAsync(table, partition, operations, cancellation);
            if (table == meetings.Table && meetings.writing is { } meeting) await meeting.ArriveAsync();
            return written;
        }

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }

    private string Table => table;
}
