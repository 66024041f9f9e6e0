using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Rlhf.Storage;

namespace Rlhf.Local.Storage;

/// <summary>Table rows in one SQLite file.</summary>
public sealed class SqliteTableStore : ITableStore, IDisposable
{
    private const int PageSize = 500;
    private const string Columns = "SELECT row, body, etag FROM entities WHERE tableName = ?1 AND partition = ?2";

    // Keys hold no surrogates, so a character beyond the basic plane sorts after all of them.
    private const string AfterAllKeys = "\U0010FFFF";

    private readonly SqliteDatabase database;
    // Unlike a plain counter it can't repeat an ETag of a row that an earlier process deleted.
    private readonly string epoch = Guid.NewGuid().ToString("n")[..12];
    private long writes;

    /// <exception cref="RlhfException">The file can't be opened, or is not a database.</exception>
    public SqliteTableStore(string file) => database = new(file,
        "CREATE TABLE IF NOT EXISTS entities (tableName TEXT, partition TEXT, row TEXT, body TEXT NOT NULL, etag TEXT NOT NULL, PRIMARY KEY (tableName, partition, row)) WITHOUT ROWID");

    public Task<TableRow?> FindAsync(string table, string partition, string row, CancellationToken cancellation = default)
    {
        Check(table, partition, row);
        return Task.FromResult(database.Read(s => s.Find($"{Columns} AND row = ?3", r => ToRow(partition, r), table, partition, row)));
    }

    public async IAsyncEnumerable<TableRow> QueryAsync(
        string table, string partition, string? fromRow = null, string? toRow = null, int? take = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Check(table, partition);
        await Task.CompletedTask;
        var (left, from) = (take ?? int.MaxValue, fromRow ?? "");
        // Page by page, so that a slow reader holds no snapshot open.
        while (left > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var size = Math.Min(left, PageSize);
            var page = ReadPage(table, partition, from, toRow ?? AfterAllKeys, size);
            foreach (var row in page) yield return row;
            if (page.Count < size) yield break;
            // The next possible key: none holds a control character.
            from = page[^1].Row + '\u0001';
            left -= page.Count;
        }
    }

    public Task<IReadOnlyList<string?>?> WriteAsync(
        string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellation = default)
    {
        TableRules.CheckWrite(table, partition, operations);
        return database.WriteAsync(session => Write(session, table, partition, operations), cancellation);
    }

    public void Dispose() => database.Dispose();

    private List<TableRow> ReadPage(string table, string partition, string from, string to, int size) =>
        database.Read(s => s.Query(
            $"{Columns} AND row >= ?3 AND row < ?4 ORDER BY row LIMIT ?5", r => ToRow(partition, r), table, partition, from, to, size));

    private IReadOnlyList<string?>? Write(SqliteSession session, string table, string partition, IReadOnlyList<TableOperation> operations)
    {
        if (!operations.All(o => IsAllowed(session, table, partition, o))) return null;
        return [.. operations.Select(o => Apply(session, table, partition, o))];
    }

    private static bool IsAllowed(SqliteSession session, string table, string partition, TableOperation operation)
    {
        if (operation.Kind == TableOperationKind.Upsert || operation is { Kind: TableOperationKind.Delete, ETag: null }) return true;
        var etag = session.Find(
            "SELECT etag FROM entities WHERE tableName = ?1 AND partition = ?2 AND row = ?3", r => r.GetString(0), table, partition, operation.Row);
        return operation.Kind == TableOperationKind.Insert ? etag is null : etag is not null && etag == operation.ETag;
    }

    private string? Apply(SqliteSession session, string table, string partition, TableOperation operation)
    {
        if (operation.Kind == TableOperationKind.Delete)
        {
            session.Execute("DELETE FROM entities WHERE tableName = ?1 AND partition = ?2 AND row = ?3", table, partition, operation.Row);
            return null;
        }

        var etag = string.Create(CultureInfo.InvariantCulture, $"{epoch}-{++writes:x}");
        session.Execute("INSERT OR REPLACE INTO entities VALUES (?1, ?2, ?3, ?4, ?5)", table, partition, operation.Row, operation.Body, etag);
        return etag;
    }

    private static TableRow ToRow(string partition, SqliteDataReader reader) => new(partition, reader.GetString(0), reader.GetString(1), reader.GetString(2));

    private static void Check(string table, params ReadOnlySpan<string> keys)
    {
        TableRules.CheckTable(table);
        foreach (var key in keys) TableRules.CheckKey(key);
    }
}
