using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Storage;

namespace Rlhf.Local.Tests.Web;

/// <summary>Lets something happen right before a write, as another process would do it, in front of the real store.</summary>
internal sealed class HookedTables
{
    private readonly AsyncLocal<bool> isRunning = new();

    /// <summary>Told the table and what is about to be written; what it writes itself goes through. What it throws, the writer gets.</summary>
    public Func<string, IReadOnlyList<TableOperation>, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    public void Decorate(IServiceCollection services)
    {
        var real = services.Last(s => s.ServiceType == typeof(ITableStore));
        services.Replace(ServiceDescriptor.Singleton<ITableStore>(provider => new Store((ITableStore)(real.ImplementationInstance ?? real.ImplementationFactory!(provider)), this)));
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
            if (!hooks.isRunning.Value) await BeforeAsync(table, operations);
            return await inner.WriteAsync(table, partition, operations, cancellation);
        }

        private async Task BeforeAsync(string table, IReadOnlyList<TableOperation> operations)
        {
            hooks.isRunning.Value = true;
            await hooks.Before(table, operations);
        }

        public void Dispose() => (inner as IDisposable)?.Dispose();
    }
}
