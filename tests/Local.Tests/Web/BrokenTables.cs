using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Web;

/// <summary>A table store that fails when told to.</summary>
internal sealed class BrokenTables
{
    public const string Secret = "connection string with a key";

    public bool IsBroken { get; set; }

    public void Decorate(IServiceCollection services)
    {
        var real = (ITableStore)services.Last(s => s.ServiceType == typeof(ITableStore)).ImplementationInstance!;
        services.Replace(ServiceDescriptor.Singleton<ITableStore>(new Store(real, this)));
    }

    private sealed class Store(ITableStore inner, BrokenTables state) : ITableStore, IDisposable
    {
        private ITableStore Inner => state.IsBroken ? throw new InvalidOperationException(Secret) : inner;

        public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default) => Inner.FindAsync(table, partition, row, cancellation);

        public IAsyncEnumerable<TableRow> QueryAsync(string table, string partition, string? fromRow = null, string? toRow = null, int? take = null, CancellationToken cancellation = default) =>
            Inner.QueryAsync(table, partition, fromRow, toRow, take, cancellation);

        public Task<IReadOnlyList<string?>?> WriteAsync(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default) =>
            Inner.WriteAsync(table, partition, operations, cancellation);

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }
}
