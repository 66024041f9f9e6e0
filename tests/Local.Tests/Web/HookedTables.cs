using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Web;

/// <summary>Lets something happen right before a write, as another process would do it, in front of the real store.</summary>
internal sealed class HookedTables
{
    private int isRunning;

    /// <summary>Told the table and what is about to be written; what it writes itself goes through.</summary>
    public Func<string, IReadOnlyList<TableOperation>, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public void Decorate(IServiceCollection services)
    {
        var real = (ITableStore)services.Last(s => s.ServiceType == typeof(ITableStore)).ImplementationInstance!;
        services.Replace(ServiceDescriptor.Singleton<ITableStore>(new Store(real, this)));
    }

    private sealed class Store(ITableStore inner, HookedTables hooks) : ITableStore, IDisposable
    {
        public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default) =>
            inner.FindAsync(table, partition, row, cancellation);

        public IAsyncEnumerable<TableRow> QueryAsync(
            string table, string partition, string? fromRow = null, string? toRow = null, int? take = null, CancellationToken cancellation = default) =>
            inner.QueryAsync(table, partition, fromRow, toRow, take, cancellation);

        public async Task<IReadOnlyList<string?>?> WriteAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default)
        {
            if (Interlocked.Exchange(ref hooks.isRunning, 1) == 0)
            {
                await hooks.Before(table, operations);
                hooks.isRunning = 0;
            }
            return await inner.WriteAsync(table, partition, operations, cancellation);
        }

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }
}
