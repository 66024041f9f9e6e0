using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>Counts the rows that queries read, table by table, in front of the real store.</summary>
internal sealed class CountingTables
{
    private readonly ConcurrentDictionary<string, int> rows = new();

    public int RowsOf(string table) => rows.GetValueOrDefault(table);

    public void Reset() => rows.Clear();

    public void Decorate(IServiceCollection services)
    {
        var real = (ITableStore)services.Last(s => s.ServiceType == typeof(ITableStore)).ImplementationInstance!;
        services.Replace(ServiceDescriptor.Singleton<ITableStore>(new Store(real, this)));
    }

    private sealed class Store(ITableStore inner, CountingTables counts) : ITableStore, IDisposable
    {
        public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default) =>
            inner.FindAsync(table, partition, row, cancellation);

        public async IAsyncEnumerable<TableRow> QueryAsync(
            string table, string partition, string? fromRow = null, string? toRow = null, int? take = null, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await foreach (var row in inner.QueryAsync(table, partition, fromRow, toRow, take, cancellation))
            {
                counts.rows.AddOrUpdate(table, 1, (_, n) => n + 1);
                yield return row;
            }
        }

        public Task<IReadOnlyList<string?>?> WriteAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default) =>
            inner.WriteAsync(table, partition, operations, cancellation);

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }
}
