using Rlhf.Contracts;
using Rlhf.Local.Storage;
using Rlhf.Local.Tests.Children;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Local.Tests.Storage;

/// <summary>A real process is killed while it writes; what it was told is written must be there, and nothing by halves.</summary>
public sealed class KilledWriterTests : IDisposable
{
    private const int Lives = 4;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Blobs_KilledOverAndOver_KeepWhatWasAcknowledged()
    {
        var said = new List<string>();
        for (var life = 0; life < Lives; life++)
        {
            using var child = new ChildProcess("blobs", folder.File("blobs"), $"life{life}");
            await child.SaysLinesAsync(20 + 17 * life);
            said.AddRange(await child.KillAsync());
        }

        using var store = new FileBlobStore(folder.File("blobs"));
        var written = said.Where(l => l.StartsWith("blob ", StringComparison.Ordinal)).Select(l => l[5..]).ToList();
        Assert.True(written.Count >= Lives * 5, $"only {written.Count} blobs");
        foreach (var name in written) Assert.Equal(ChildPrograms.BlobText(name), await store.ReadTextAsync($"runs/{name}.txt"));
        await foreach (var item in store.ListAsync("runs/life"))
            Assert.Equal(ChildPrograms.BlobText(Path.GetFileNameWithoutExtension(item.Path)), await store.ReadTextAsync(item.Path));
    }

    [Fact]
    public async Task Appends_KilledOverAndOver_KeepWhatWasAcknowledged()
    {
        var said = new List<string>();
        for (var life = 0; life < Lives; life++)
        {
            using var child = new ChildProcess("blobs", folder.File("blobs"), $"life{life}");
            await child.SaysLinesAsync(20 + 13 * life);
            said.AddRange(await child.KillAsync());
        }

        using var store = new FileBlobStore(folder.File("blobs"));
        // A killed append is put back by the next one.
        for (var writer = 0; writer < 4; writer++) await store.AppendAsync($"runs/log{writer}.txt", "the end\n"u8.ToArray());
        for (var writer = 0; writer < 4; writer++)
        {
            var lines = (await store.ReadTextAsync($"runs/log{writer}.txt"))!.Split('\n');
            Assert.Equal(["the end", ""], lines[^2..]);
            Assert.All(lines[..^2], l => Assert.Equal(ChildPrograms.BlobText(l.Split(' ')[0]), l));
            var acknowledged = said.Where(l => l.StartsWith($"line {writer} ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]);
            Assert.Subset(lines[..^2].Select(l => l.Split(' ')[0]).ToHashSet(), acknowledged.ToHashSet());
        }
    }

    [Fact]
    public async Task Blobs_LeftoversOfTheKilled_AreRemovedAtTheNextOpening_AndOnlyTheirs()
    {
        using var alive = new FileBlobStore(folder.File("blobs"));
        using var child = new ChildProcess("blobs", folder.File("blobs"), "life");
        await child.SaysLinesAsync(20);
        Assert.Equal(2, TemporaryFolders());
        await child.KillAsync();
        using (new FileBlobStore(folder.File("blobs"))) Assert.Equal(2, TemporaryFolders());
        await alive.WriteTextAsync("runs/still-works", "x");
        Assert.Equal(1, TemporaryFolders());
    }

    [Fact]
    public async Task Blobs_SeveralProcessesIncrementUnderETag_LoseNone()
    {
        using var store = new FileBlobStore(folder.File("blobs"));
        await store.WriteTextAsync("runs/counter", "0");
        ChildProcess[] children = [.. Enumerable.Range(0, 3).Select(_ => new ChildProcess("increments", folder.File("blobs"), "20"))];
        foreach (var child in children) await child.ExitAsync();
        foreach (var child in children) child.Dispose();
        Assert.Equal("60", await store.ReadTextAsync("runs/counter"));
    }

    [Fact]
    public async Task Rows_KilledOverAndOver_KeepWhatWasAcknowledged()
    {
        var said = new List<string>();
        for (var life = 0; life < Lives; life++)
        {
            using var child = new ChildProcess("tables", folder.File("tables.db"), $"life{life}");
            await child.SaysLinesAsync(100 + 31 * life);
            said.AddRange((await child.KillAsync()).Where(l => l != "ready"));
        }

        using var store = new SqliteTableStore(folder.File("tables.db"));
        var rows = new Dictionary<string, string>();
        await foreach (var row in store.QueryAsync("rankings", "p")) rows.Add(row.Row, row.Body);
        Assert.True(said.Count >= Lives * 50, $"only {said.Count} rows");
        Assert.All(said, row => Assert.Equal((row, row), (rows.GetValueOrDefault($"{row}-a"), rows.GetValueOrDefault($"{row}-b"))));
        // Both rows of a write or neither, also of those nobody was told about.
        Assert.All(rows.Keys, key => Assert.True(rows.ContainsKey(key[..^1] + "a") && rows.ContainsKey(key[..^1] + "b"), key));
    }

    private int TemporaryFolders() => Directory.GetDirectories(Path.Combine(folder.File("blobs"), ".tmp")).Length;
}
