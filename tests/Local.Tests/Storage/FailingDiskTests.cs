using Rlhf.Contracts;
using Rlhf.Contracts.Tools;
using Rlhf.Local.Storage;
using Rlhf.Local.Tests.Children;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Local.Tests.Storage;

/// <summary>Disks that are full, can't be written, or hold something else: the error names the place and the way out, and nothing is half-written.</summary>
public sealed class FailingDiskTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ToolFact]
    [Needs(Tool.SmallDisk)]
    public async Task FullDisk_RefusesByName_KeepsWhatWasThere_AndGoesOnOnceThereIsRoom()
    {
        var said = await SmallDisk.RunAsync("full", "rw");

        const string remedy = "Free some disk space";
        Assert.Collection(said,
            line => Assert.Equal("full", line),
            line => Assert.StartsWith("blob storage-full No space left to write 'DISK/blobs/runs/new'. " + remedy, line, StringComparison.Ordinal),
            line => Assert.StartsWith("append storage-full No space left to write 'DISK/blobs/runs/log'. " + remedy, line, StringComparison.Ordinal),
            line => Assert.StartsWith("row storage-full No space left to write 'DISK/tables.db'. " + remedy, line, StringComparison.Ordinal),
            line => Assert.Equal("blobs runs/log:5", line),
            line => Assert.Equal("rows kept", line),
            line => Assert.Equal("blob went well", line),
            line => Assert.Equal("append went well", line),
            line => Assert.Equal("row went well", line),
            line => Assert.Equal("log kept|more|", line));
    }

    [ToolFact]
    [Needs(Tool.SmallDisk)]
    public async Task ReadOnlyDisk_IsRefusedByName()
    {
        var said = await SmallDisk.RunAsync("read-only", "ro");
        Assert.Collection(said,
            line => Assert.StartsWith("blobs storage-denied No permission for 'DISK/blobs'. Give this user the right", line, StringComparison.Ordinal),
            line => Assert.StartsWith("tables storage-denied No permission for 'DISK/tables.db'. Give this user the right", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FolderIsAFile_IsRefusedByName()
    {
        await File.WriteAllTextAsync(folder.File("taken"), "x");
        Assert.Contains(folder.File("taken"), Assert.Throws<RlhfException>(() => new FileBlobStore(folder.File("taken"))).Message, StringComparison.Ordinal);
        Assert.Contains(folder.File("taken"), Assert.Throws<RlhfException>(() => new SqliteTableStore(folder.File("taken/tables.db"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BlobWhereAnotherHasItsFolder_IsRefusedByName()
    {
        using var store = new FileBlobStore(folder.File("blobs"));
        await store.WriteTextAsync("runs/a/b", "x");
        var below = await Assert.ThrowsAsync<RlhfException>(() => store.WriteTextAsync("runs/a/b/c", "x"));
        Assert.Contains("runs/a/b/c", below.Message, StringComparison.Ordinal);
        var above = await Assert.ThrowsAsync<RlhfException>(() => store.WriteTextAsync("runs/a", "x"));
        Assert.Contains("runs/a", above.Message, StringComparison.Ordinal);
        Assert.Equal("x", await store.ReadTextAsync("runs/a/b"));
    }

    [Fact]
    public async Task Tables_DamagedFile_IsRefusedByName()
    {
        await File.WriteAllTextAsync(folder.File("tables.db"), new string('x', 5_000));
        var error = Assert.Throws<RlhfException>(() => new SqliteTableStore(folder.File("tables.db")));
        Assert.Equal("storage-damaged", error.Code);
        Assert.Contains("tables.db", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_DroppedByHand_AreBlobsUnderTheirNames()
    {
        using var store = new FileBlobStore(folder.File("blobs"));
        string[] names = ["My prompts (2).JSONL", "50% off.txt", "a%20b.csv", "Größe.json"];
        Directory.CreateDirectory(folder.File("blobs/inbox/demo"));
        foreach (var name in names) await File.WriteAllTextAsync(folder.File($"blobs/inbox/demo/{name}"), name);
        var listed = await store.ListAsync("inbox/demo/").Select(i => i.Path).ToListAsync();
        Assert.Equal(names.Select(n => $"inbox/demo/{n}").Order(StringComparer.Ordinal), listed);
        foreach (var name in names)
        {
            Assert.Equal(name, await store.ReadTextAsync($"inbox/demo/{name}"));
            Assert.True(await store.DeleteAsync($"inbox/demo/{name}"));
        }
    }

    [Fact]
    public async Task Rows_ConcurrentWriters_ShareCommits()
    {
        using var database = new SqliteDatabase(folder.File("shared.db"), "CREATE TABLE t (n INTEGER)");
        using var gate = new ManualResetEventSlim();
        // While the writer is held up, others queue; they go into one commit, except the one whose work fails.
        var first = database.WriteAsync(s =>
        {
            gate.Wait(TimeSpan.FromSeconds(30));
            return s.Execute("INSERT INTO t VALUES (0)");
        });
        var good = Enumerable.Range(1, 50).Select(n => database.WriteAsync(s => s.Execute("INSERT INTO t VALUES (?1)", n))).ToList();
        var bad = database.WriteAsync<int>(s =>
        {
            s.Execute("INSERT INTO t VALUES (99)");
            throw new InvalidOperationException("on purpose");
        });
        gate.Set();
        await first;
        await Task.WhenAll(good);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        Assert.Equal(Enumerable.Range(0, 51), database.Read(s => s.Query("SELECT n FROM t ORDER BY n", r => r.GetInt32(0))));
    }
}
