using Rlhf.Contracts.Tools;
using Rlhf.Storage;
using static Rlhf.Storage.TableOperationKind;

namespace Rlhf.Contracts.Storage;

/// <summary>What every table store promises: one test for each sentence of <see cref="ITableStore"/>.</summary>
public abstract class TableStoreContract
{
    private const string Table = "rankings";
    private readonly string partition = $"p-{Guid.NewGuid():n}";

    protected abstract ITableStore Store { get; }

    [ToolFact]
    public async Task Find_NoRow_IsNull()
    {
        Assert.Null(await Store.FindAsync(Table, partition, "none"));
        Assert.Null(await Store.FindAsync("nevermade", partition, "none"));
    }

    [ToolFact]
    public async Task Insert_ThenFind_GivesBodyAndETag()
    {
        var etags = await Store.WriteAsync(Table, partition, [new(Insert, "a", "{\"text\":\"Grüße 你好 🙂 \\n\"}")]);
        Assert.Equal(new TableRow(partition, "a", "{\"text\":\"Grüße 你好 🙂 \\n\"}", etags![0]!), await Store.FindAsync(Table, partition, "a"));
    }

    [ToolFact]
    public async Task Insert_RowIsThere_IsRefused()
    {
        await Store.WriteAsync(Table, partition, [new(Insert, "a", "1")]);
        Assert.Null(await Store.WriteAsync(Table, partition, [new(Insert, "a", "2")]));
        Assert.Null(await Store.WriteAsync(Table, partition, [new(Insert, "a", "1")]));
        Assert.Equal("1", (await Store.FindAsync(Table, partition, "a"))!.Body);
    }

    [ToolFact]
    public async Task Replace_OnlyOverItsVersion()
    {
        var first = (await Store.WriteAsync(Table, partition, [new(Insert, "a", "1")]))![0];
        Assert.NotNull(await Store.WriteAsync(Table, partition, [new(Replace, "a", "2", first)]));
        Assert.Null(await Store.WriteAsync(Table, partition, [new(Replace, "a", "3", first)]));
        Assert.Null(await Store.WriteAsync(Table, partition, [new(Replace, "a", "2", first)]));
        Assert.Null(await Store.WriteAsync(Table, partition, [new(Replace, "b", "1", first)]));
        Assert.Equal("2", (await Store.FindAsync(Table, partition, "a"))!.Body);
    }

    [ToolFact]
    public async Task Upsert_InsertsAndReplaces()
    {
        var first = await Store.UpsertAsync(Table, partition, "a", 1);
        var second = await Store.UpsertAsync(Table, partition, "a", 1);
        Assert.NotEqual(first, second);
        Assert.Equal(1, (await Store.FindAsync(Table, partition, "a"))!.ReadBody<int>());
    }

    [ToolFact]
    public async Task Delete_WithAndWithoutETag()
    {
        var etag = await Store.UpsertAsync(Table, partition, "a", 1);
        await Store.UpsertAsync(Table, partition, "a", 2);
        Assert.False(await Store.TryDeleteAsync(Table, partition, "a", etag));
        Assert.True(await Store.TryDeleteAsync(Table, partition, "a"));
        Assert.Null(await Store.FindAsync(Table, partition, "a"));
        Assert.True(await Store.TryDeleteAsync(Table, partition, "a"));
        Assert.False(await Store.TryDeleteAsync(Table, partition, "a", etag));
        Assert.True(await Store.TryDeleteAsync("nevermade", partition, "a"));
    }

    [ToolFact]
    public async Task Write_Several_AllOrNone()
    {
        var etag = await Store.UpsertAsync(Table, partition, "old", "1");
        var refused = await Store.WriteAsync(Table, partition,
            [new(Insert, "new", "1"), new(Replace, "old", "2", "W/\"datetime'2020-01-01T00%3A00%3A00Z'\""), new(Upsert, "other", "1")]);
        Assert.Null(refused);
        Assert.Null(await Store.FindAsync(Table, partition, "new"));

        var written = await Store.WriteAsync(Table, partition, [new(Insert, "new", "1"), new(Delete, "old", ETag: etag), new(Upsert, "other", "1")]);
        Assert.NotNull(written![0]);
        Assert.Null(written[1]);
        Assert.Equal(written[2], (await Store.FindAsync(Table, partition, "other"))!.ETag);
        Assert.Equal(["new", "other"], await RowsAsync());
    }

    [ToolFact]
    public async Task Write_DeleteOfAMissingRowAmongOthers_DoesTheOthers()
    {
        var written = await Store.WriteAsync(Table, partition, [new(Insert, "a", "1"), new(Delete, "missing"), new(Insert, "b", "2")]);
        Assert.NotNull(written);
        Assert.Null(written[1]);
        Assert.Equal(["a", "b"], await RowsAsync());
        Assert.Equal(written[2], (await Store.FindAsync(Table, partition, "b"))!.ETag);
    }

    [ToolFact]
    public async Task Write_Hundred_Works_AndMoreIsRefused()
    {
        List<TableOperation> operations = [.. Enumerable.Range(0, 101).Select(i => new TableOperation(Insert, $"r{i:D3}", $"{i}"))];
        Assert.Equal(100, (await Store.WriteAsync(Table, partition, operations[..100]))!.Count(e => e is not null));
        Assert.Equal(100, (await RowsAsync()).Count);
        await RefusedAsync("invalid-table-write", operations);
        await RefusedAsync("invalid-table-write", []);
        await RefusedAsync("invalid-table-write", [new(Upsert, "a", "1"), new(Delete, "a")]);
        await RefusedAsync("invalid-table-write", [new(Replace, "a", "1")]);
        await RefusedAsync("invalid-table-write", [new(Insert, "a")]);
    }

    [ToolFact]
    public async Task Body_UpToTheLimit_AndNoFurther()
    {
        var longest = new string('ü', TableRules.MaximumBodyLength);
        Assert.NotNull(await Store.WriteAsync(Table, partition, [new(Insert, "a", longest)]));
        Assert.Equal(longest, (await Store.FindAsync(Table, partition, "a"))!.Body);
        await RefusedAsync("row-too-large", [new(Insert, "b", longest + "ü")]);
    }

    [ToolTheory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    public async Task UnsafeKeys_AreRefusedByName(string key)
    {
        await RefusedAsync("invalid-table-key", [new(Insert, key, "1")]);
        Assert.Equal("invalid-table-key", (await Assert.ThrowsAsync<RlhfException>(() => Store.FindAsync(Table, key, "a"))).Code);
    }

    [ToolFact]
    public async Task UnsafeTables_AreRefusedByName() =>
        Assert.Equal("invalid-table", (await Assert.ThrowsAsync<RlhfException>(() => Store.FindAsync("no_such-Table", "a", "a"))).Code);

    [ToolFact]
    public async Task Query_IsInOrdinalOrder_WithinItsRange()
    {
        string[] keys = ["b", "B", "a", "a~1", "a-1", "10", "9", "ä", "it's", "100%", "z z", "ja+nein", "早"];
        foreach (var key in keys) await Store.UpsertAsync(Table, partition, key, key);
        await Store.UpsertAsync(Table, partition + "x", "a", "another partition");

        Assert.Equal(keys.Order(StringComparer.Ordinal), await RowsAsync());
        Assert.Equal(["a", "a-1", "a~1"], await RowsAsync("a", "b"));
        Assert.Equal(["a-1"], await RowsAsync("a-", "a~1"));
        Assert.Equal(["10", "100%"], await RowsAsync(take: 2));
        Assert.Equal(["ä", "早"], await RowsAsync("zz"));
        Assert.Empty(await RowsAsync("c", "d"));
        Assert.Empty(await RowsAsync(take: 0));
    }

    [ToolFact]
    public async Task Query_ManyRows_GivesEachOnce()
    {
        for (var i = 0; i < 1_500; i += 100)
            await Store.WriteAsync(Table, partition, [.. Enumerable.Range(i, 100).Select(n => new TableOperation(Insert, $"{n:D5}", "x"))]);

        Assert.Equal(Enumerable.Range(0, 1_500).Select(n => $"{n:D5}"), await RowsAsync());
        Assert.Equal(1_200, (await RowsAsync(take: 1_200)).Count);
        Assert.Equal(["00700", "00701", "00702"], await RowsAsync("007", "00703"));
    }

    [ToolFact]
    public async Task Query_RowsChangeMeanwhile_GoesOn()
    {
        await Store.WriteAsync(Table, partition, [.. Enumerable.Range(0, 100).Select(n => new TableOperation(Insert, $"{n:D3}", "x"))]);
        var seen = new List<string>();
        await foreach (var row in Store.QueryAsync(Table, partition))
        {
            seen.Add(row.Row);
            await Store.TryDeleteAsync(Table, partition, row.Row, row.ETag);
        }

        Assert.Equal(100, seen.Distinct().Count());
        Assert.Empty(await RowsAsync());
    }

    [ToolFact]
    public async Task Replace_ManyContend_ExactlyOneWins()
    {
        var etag = await Store.UpsertAsync(Table, partition, "claim", "free");
        var results = await Task.WhenAll(Enumerable.Range(0, 16)
            .Select(i => Task.Run(() => Store.TryReplaceAsync(Table, partition, "claim", $"writer {i}", etag!))));

        var winner = Assert.Single(Enumerable.Range(0, 16), i => results[i] is not null);
        Assert.Equal($"writer {winner}", (await Store.FindAsync(Table, partition, "claim"))!.ReadBody<string>());
    }

    [ToolFact]
    public async Task Insert_ManyContend_ExactlyOneWins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Store.TryInsertAsync(Table, partition, "one", "same body"))));
        Assert.Single(results, e => e is not null);
    }

    [ToolFact]
    public async Task Increments_FromManyWriters_LoseNone()
    {
        await Store.UpsertAsync(Table, partition, "counter", 0);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 5; i++) await IncrementAsync();
        })));
        Assert.Equal(30, (await Store.FindAsync(Table, partition, "counter"))!.ReadBody<int>());
    }

    private async Task IncrementAsync()
    {
        while (true)
        {
            var row = (await Store.FindAsync(Table, partition, "counter"))!;
            if (await Store.TryReplaceAsync(Table, partition, "counter", row.ReadBody<int>() + 1, row.ETag) is not null) return;
        }
    }

    private async Task RefusedAsync(string code, IReadOnlyList<TableOperation> operations) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<RlhfException>(() => Store.WriteAsync(Table, partition, operations))).Code);

    private async Task<List<string>> RowsAsync(string? from = null, string? to = null, int? take = null)
    {
        var rows = new List<string>();
        await foreach (var row in Store.QueryAsync(Table, partition, from, to, take)) rows.Add(row.Row);
        return rows;
    }
}
