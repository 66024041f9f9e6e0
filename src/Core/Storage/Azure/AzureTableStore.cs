using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace Rlhf.Storage.Azure;

/// <summary>Table rows in Azure Storage. Tables are made when first written to.</summary>
/// <remarks>Every row carries the id of the call that wrote it. Where a condition fails because an earlier attempt of the same call got through and only its reply was lost, the id tells.
/// (A lone delete whose reply was lost can't be told from somebody else's: it counts as refused.)</remarks>
public sealed class AzureTableStore(TableServiceClient service) : ITableStore
{
    private const string Body = "body";
    private const string WriteId = "writeId";
    private const int LargestPage = 1_000;

    private readonly ConcurrentDictionary<string, bool> tables = [];

    public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default)
    {
        Check(table, partition, row);
        return GuardAsync($"{table}/{partition}/{row}", async () =>
            await FindEntityAsync(table, partition, row, cancellation) is { } entity ? ToRow(entity) : null);
    }

    public async IAsyncEnumerable<TableRow> QueryAsync(
        string table, string partition, string? fromRow = null, string? toRow = null, int? take = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Check(table, partition);
        if (take <= 0) yield break;
        var left = take ?? int.MaxValue;
        var pages = service.GetTableClient(table).QueryAsync<TableEntity>(
            Filter(partition, fromRow, toRow), Math.Min(left, LargestPage), cancellationToken: cancellation).AsPages().GetAsyncEnumerator(cancellation);
        await using (pages)
            while (await GuardAsync($"{table}/{partition}", () => NextAsync(pages)))
                foreach (var entity in pages.Current.Values)
                {
                    yield return ToRow(entity);
                    if (--left == 0) yield break;
                }
    }

    public async Task<IReadOnlyList<string?>?> WriteAsync(
        string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default)
    {
        TableRules.CheckWrite(table, partition, operations);
        return await GuardAsync($"{table}/{partition}", async () =>
        {
            await EnsureTableAsync(table, cancellation);
            var call = new Call(table, partition, Guid.NewGuid().ToString("n"));
            return operations.Count == 1 ? await SubmitOneAsync(call, operations[0], cancellation) : await SubmitAsync(call, [.. operations], cancellation);
        });
    }

    /// <summary>A request of its own: a transaction of one row is more work for storage.</summary>
    private async Task<IReadOnlyList<string?>?> SubmitOneAsync(Call call, TableOperation operation, CancellationToken cancellation)
    {
        var client = service.GetTableClient(call.Table);
        var entity = Entity(call, operation);
        try
        {
            var response = operation.Kind switch
            {
                TableOperationKind.Insert => await client.AddEntityAsync(entity, cancellation),
                TableOperationKind.Replace => await client.UpdateEntityAsync(entity, new ETag(operation.ETag!), TableUpdateMode.Replace, cancellation),
                TableOperationKind.Upsert => await client.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellation),
                _ => await client.DeleteEntityAsync(call.Partition, operation.Row, Condition(operation), cancellation),
            };
            if (operation.Kind != TableOperationKind.Delete) return [ETagOf(response)];
            // A row that is gone is no error to the client; it is one only where the row had to be a certain one.
            return response.Status == 404 && operation.ETag is not null ? null : [null];
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return await FindOwnWriteAsync(call, [operation], cancellation);
        }
    }

    private async Task<IReadOnlyList<string?>?> SubmitAsync(Call call, List<TableOperation> operations, CancellationToken cancellation)
    {
        var etags = new Dictionary<string, string?>();
        var left = operations;
        while (left.Count > 0)
        {
            try
            {
                var actions = left.Select(o => ToAction(call, o));
                var responses = (await service.GetTableClient(call.Table).SubmitTransactionAsync(actions, cancellation)).Value;
                for (var i = 0; i < left.Count; i++) etags[left[i].Row] = left[i].Kind == TableOperationKind.Delete ? null : ETagOf(responses[i]);
                break;
            }
            catch (TableTransactionFailedException e) when (IsMissingDelete(e, left))
            {
                // Already gone is what it asked for, but here it fails the whole transaction.
                left = [.. left.Where((_, i) => i != e.FailedTransactionActionIndex)];
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
            {
                return await FindOwnWriteAsync(call, operations, cancellation);
            }
        }

        return [.. operations.Select(o => etags.GetValueOrDefault(o.Row))];
    }

    private static bool IsMissingDelete(TableTransactionFailedException e, List<TableOperation> operations) =>
        e.Status == 404 && e.FailedTransactionActionIndex is { } index && operations[index] is { Kind: TableOperationKind.Delete, ETag: null };

    /// <summary>The ETags if the rows are there as this call wrote them; otherwise null: it was refused.</summary>
    private async Task<IReadOnlyList<string?>?> FindOwnWriteAsync(Call call, List<TableOperation> operations, CancellationToken cancellation)
    {
        var etags = new List<string?>();
        var isOwn = false;
        foreach (var operation in operations)
        {
            var entity = operation.Kind == TableOperationKind.Delete ? null : await FindEntityAsync(call.Table, call.Partition, operation.Row, cancellation);
            if (operation.Kind != TableOperationKind.Delete && entity?.GetString(WriteId) != call.Id) return null;
            isOwn |= entity is not null;
            etags.Add(entity?.ETag.ToString());
        }

        return isOwn ? etags : null;
    }

    private async Task<TableEntity?> FindEntityAsync(string table, string partition, string row, CancellationToken cancellation)
    {
        var found = await service.GetTableClient(table).GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellation);
        return found.HasValue ? found.Value : null;
    }

    private async Task EnsureTableAsync(string table, CancellationToken cancellation)
    {
        if (tables.ContainsKey(table)) return;
        await service.CreateTableIfNotExistsAsync(table, cancellation);
        tables[table] = true;
    }

    private static TableTransactionAction ToAction(Call call, TableOperation operation)
    {
        var entity = Entity(call, operation);
        return operation.Kind switch
        {
            TableOperationKind.Insert => new(TableTransactionActionType.Add, entity),
            TableOperationKind.Replace => new(TableTransactionActionType.UpdateReplace, entity, new ETag(operation.ETag!)),
            TableOperationKind.Upsert => new(TableTransactionActionType.UpsertReplace, entity),
            _ => new(TableTransactionActionType.Delete, entity, Condition(operation)),
        };
    }

    private static TableEntity Entity(Call call, TableOperation operation) => new(call.Partition, operation.Row) { [Body] = operation.Body, [WriteId] = call.Id };

    private static ETag Condition(TableOperation delete) => delete.ETag is { } etag ? new ETag(etag) : ETag.All;

    private static string Filter(string partition, string? fromRow, string? toRow)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
        if (fromRow is not null) filter += $" and {TableClient.CreateQueryFilter($"RowKey ge {fromRow}")}";
        if (toRow is not null) filter += $" and {TableClient.CreateQueryFilter($"RowKey lt {toRow}")}";
        return filter;
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<Page<TableEntity>> pages)
    {
        try
        {
            return await pages.MoveNextAsync();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
    }

    private static string? ETagOf(Response response) => response.Headers.ETag?.ToString();

    private static TableRow ToRow(TableEntity entity) => new(entity.PartitionKey, entity.RowKey, entity.GetString(Body), entity.ETag.ToString());

    private static void Check(string table, params ReadOnlySpan<string> keys)
    {
        TableRules.CheckTable(table);
        foreach (var key in keys) TableRules.CheckKey(key);
    }

    private Task<T> GuardAsync<T>(string place, Func<Task<T>> operation) => AzureErrors.GuardAsync($"{service.AccountName}/{place}", operation);

    private sealed record Call(string Table, string Partition, string Id);
}
