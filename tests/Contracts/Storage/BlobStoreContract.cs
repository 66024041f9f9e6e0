using System.Security.Cryptography;
using System.Text;
using Rlhf.Contracts.Tools;
using Rlhf.Storage;

namespace Rlhf.Contracts.Storage;

/// <summary>What every blob store promises: one test for each sentence of <see cref="IBlobStore"/>.</summary>
public abstract class BlobStoreContract
{
    private readonly string folder = $"runs/{Guid.NewGuid():n}";

    protected abstract IBlobStore Store { get; }

    private string At(string name) => $"{folder}/{name}";

    [ToolFact]
    public async Task Find_NoBlob_IsNull()
    {
        Assert.Null(await Store.FindAsync(At("none.json")));
        Assert.Null(await Store.OpenReadAsync(At("none.json")));
        Assert.Null(await Store.FindAsync("models/never/written"));
    }

    [ToolFact]
    public async Task Write_ThenRead_GivesContentETagAndLength()
    {
        var etag = await Store.WriteTextAsync(At("a.json"), "{\"grüße\":\"你好 🙂\"}");

        await using var content = await Store.OpenReadAsync(At("a.json"));
        using var reader = new StreamReader(content!.Stream);
        Assert.Equal("{\"grüße\":\"你好 🙂\"}", await reader.ReadToEndAsync());
        Assert.Equal(etag, content.ETag);
        var item = await Store.FindAsync(At("a.json"));
        Assert.Equal((At("a.json"), content.Length, etag), (item!.Path, item.Length, item.ETag));
        Assert.InRange(item.LastModified, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [ToolFact]
    public async Task Write_Empty_IsABlob()
    {
        Assert.NotNull(await Store.WriteTextAsync(At("empty"), ""));
        Assert.Equal(0, (await Store.FindAsync(At("empty")))!.Length);
        Assert.Equal("", await Store.ReadTextAsync(At("empty")));
    }

    [ToolFact]
    public async Task Write_Again_ReplacesAndChangesETag()
    {
        var etags = new HashSet<string?>();
        // The same content each time: an ETag names a version, not the bytes.
        for (var i = 0; i < 20; i++) etags.Add(await Store.WriteTextAsync(At("a"), "same"));
        Assert.Equal(20, etags.Count);
        await Store.WriteTextAsync(At("a"), "b");
        Assert.Equal("b", await Store.ReadTextAsync(At("a")));
    }

    [ToolFact]
    public async Task WriteCreateOnly_BlobIsThere_IsRefusedAndKeepsTheOld()
    {
        Assert.NotNull(await Store.WriteTextAsync(At("once"), "first", WriteCondition.CreateOnly));
        Assert.Null(await Store.WriteTextAsync(At("once"), "other", WriteCondition.CreateOnly));
        Assert.Equal("first", await Store.ReadTextAsync(At("once")));
    }

    [ToolFact]
    public async Task WriteCreateOnly_SameContentAgain_CountsAsWritten()
    {
        var etag = await Store.WriteTextAsync(At("once"), "first", WriteCondition.CreateOnly);
        Assert.Equal(etag, await Store.WriteTextAsync(At("once"), "first", WriteCondition.CreateOnly));
    }

    [ToolFact]
    public async Task WriteMatches_OnlyOverThatVersion()
    {
        var first = await Store.WriteTextAsync(At("v"), "1");
        var second = await Store.WriteTextAsync(At("v"), "2", WriteCondition.Matches(first!));
        Assert.NotNull(second);
        Assert.Null(await Store.WriteTextAsync(At("v"), "3", WriteCondition.Matches(first!)));
        Assert.Equal("2", await Store.ReadTextAsync(At("v")));
    }

    [ToolFact]
    public async Task WriteMatches_TwoWritersOfTheSameBytes_OnlyOneChangedIt()
    {
        var first = await Store.WriteTextAsync(At("counter"), "5");
        Assert.NotNull(await Store.WriteTextAsync(At("counter"), "6", WriteCondition.Matches(first!)));
        Assert.Null(await Store.WriteTextAsync(At("counter"), "6", WriteCondition.Matches(first!)));
    }

    [ToolFact]
    public async Task WriteMatches_NoBlob_IsRefused()
    {
        var etag = await Store.WriteTextAsync(At("gone"), "1");
        Assert.True(await Store.DeleteAsync(At("gone")));
        Assert.Null(await Store.WriteTextAsync(At("gone"), "2", WriteCondition.Matches(etag!)));
        Assert.Null(await Store.FindAsync(At("gone")));
    }

    [ToolFact]
    public async Task WriteMatches_ManyContend_ExactlyOneWins()
    {
        var etag = await Store.WriteTextAsync(At("claim"), "free");
        var results = await Task.WhenAll(Enumerable.Range(0, 16)
            .Select(i => Task.Run(() => Store.WriteTextAsync(At("claim"), $"writer {i}", WriteCondition.Matches(etag!)))));

        var winner = Assert.Single(Enumerable.Range(0, 16), i => results[i] is not null);
        Assert.Equal($"writer {winner}", await Store.ReadTextAsync(At("claim")));
    }

    [ToolFact]
    public async Task WriteCreateOnly_ManyContend_ExactlyOneWins()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16)
            .Select(i => Task.Run(() => Store.WriteTextAsync(At("first"), $"writer {i}", WriteCondition.CreateOnly))));

        var winner = Assert.Single(Enumerable.Range(0, 16), i => results[i] is not null);
        Assert.Equal($"writer {winner}", await Store.ReadTextAsync(At("first")));
    }

    [ToolFact]
    public async Task Write_WhileRead_ReaderSeesOneVersionWhole()
    {
        string Version(int i) => new((char)('a' + i % 26), 200_000);
        await Store.WriteTextAsync(At("big"), Version(0));
        using var done = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            var reads = 0;
            for (; !done.IsCancellationRequested || reads == 0; reads++)
            {
                var text = await Store.ReadTextAsync(At("big"));
                Assert.Equal(200_000, text!.Length);
                Assert.Equal(text[0], text.AsSpan().IndexOfAnyExcept(text[0]) < 0 ? text[0] : '!');
            }

            return reads;
        });
        for (var i = 1; i < 25; i++) await Store.WriteTextAsync(At("big"), Version(i));
        await done.CancelAsync();
        Assert.True(await reading > 0);
    }

    [ToolFact]
    public async Task Write_LargeStream_ComesBackTheSame()
    {
        const int length = 40_000_000;
        using var pattern = new PatternStream(length);
        Assert.NotNull(await Store.WriteAsync(At("large.bin"), pattern));
        await using var content = await Store.OpenReadAsync(At("large.bin"));
        Assert.Equal(length, content!.Length);
        using var expected = new PatternStream(length);
        Assert.Equal(await SHA256.HashDataAsync(expected), await SHA256.HashDataAsync(content.Stream));
    }

    [ToolFact]
    public async Task Write_SourceFails_WritesNothing()
    {
        await Store.WriteTextAsync(At("kept"), "old");
        using var failing = new PatternStream(3_000_000, failAt: 2_000_000);
        await Assert.ThrowsAnyAsync<Exception>(() => Store.WriteAsync(At("kept"), failing));
        Assert.Equal("old", await Store.ReadTextAsync(At("kept")));
        Assert.Single(await ListAsync(folder));
    }

    [ToolFact]
    public async Task Append_MakesAndExtends()
    {
        await Store.AppendAsync(At("metrics.jsonl"), "one\n"u8.ToArray());
        var before = await Store.FindAsync(At("metrics.jsonl"));
        await Store.AppendAsync(At("metrics.jsonl"), "zwei ü\n"u8.ToArray());
        Assert.Equal("one\nzwei ü\n", await Store.ReadTextAsync(At("metrics.jsonl")));
        Assert.NotEqual(before!.ETag, (await Store.FindAsync(At("metrics.jsonl")))!.ETag);
    }

    [ToolFact]
    public async Task Append_Concurrently_KeepsEveryLineWhole()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++) await Store.AppendAsync(At("log"), Encoding.UTF8.GetBytes($"{w}-{i}-{new string('x', 300)}\n"));
        })));
        var lines = (await Store.ReadTextAsync(At("log")))!.TrimEnd('\n').Split('\n');
        Assert.Equal(80, lines.Distinct().Count());
        Assert.All(lines, l => Assert.EndsWith(new string('x', 300), l, StringComparison.Ordinal));
    }

    [ToolFact]
    public async Task List_GivesAllOfAPrefixInOrdinalOrder()
    {
        string[] names = ["b/2", "b/10", "b-c", "a", "B", "b/1/x", "b", "ä"];
        foreach (var name in names.Where(n => n != "b")) await Store.WriteTextAsync(At(name), name);

        var all = (await ListAsync(folder + "/")).Select(i => i.Path).ToList();
        Assert.Equal(names.Where(n => n != "b").Select(At).Order(StringComparer.Ordinal), all);
        Assert.Equal([At("b-c"), At("b/1/x"), At("b/10"), At("b/2")], (await ListAsync(At("b"))).Select(i => i.Path));
        Assert.Equal([At("b/1/x"), At("b/10")], (await ListAsync(At("b/1"))).Select(i => i.Path));
        Assert.Empty(await ListAsync(At("none/")));
        Assert.Empty(await ListAsync("never-made/"));
        var item = Assert.Single(await ListAsync(At("a")));
        Assert.Equal(await Store.FindAsync(At("a")), item);
    }

    [ToolFact]
    public async Task Delete_SaysWhetherItDid()
    {
        var etag = await Store.WriteTextAsync(At("x"), "1");
        Assert.False(await Store.DeleteAsync(At("x"), "\"0x1\""));
        Assert.True(await Store.DeleteAsync(At("x"), etag));
        Assert.False(await Store.DeleteAsync(At("x")));
        Assert.Null(await Store.FindAsync(At("x")));
        Assert.False(await Store.DeleteAsync("inbox/never/there"));
    }

    [ToolFact]
    public async Task Delete_ThenCreate_IsANewVersion()
    {
        var first = await Store.WriteTextAsync(At("x"), "1");
        await Store.DeleteAsync(At("x"));
        Assert.NotEqual(first, await Store.WriteTextAsync(At("x"), "1", WriteCondition.CreateOnly));
    }

    [ToolTheory]
    [InlineData("with space & plus+ 100% #1.txt")]
    [InlineData("a%20b%2520c%25.txt")]
    [InlineData("what?:<>|*\" %3F.txt")]
    [InlineData("Frühstück 早饭 🙂.jsonl")]
    [InlineData("..hidden...")]
    [InlineData("-")]
    public async Task OddNames_AreOrdinaryNames(string name)
    {
        await Store.WriteTextAsync(At(name), name);
        Assert.Equal(name, await Store.ReadTextAsync(At(name)));
        Assert.Equal(At(name), Assert.Single(await ListAsync(folder)).Path);
        Assert.True(await Store.DeleteAsync(At(name)));
    }

    [ToolFact]
    public async Task LongNames_WorkUpToTheLimitAndAreRefusedBeyond()
    {
        var longest = new string('n', BlobPath.MaximumSegmentBytes);
        await Store.WriteTextAsync(At(longest), "x");
        Assert.Equal(At(longest), Assert.Single(await ListAsync(folder)).Path);
        var error = await Assert.ThrowsAsync<RlhfException>(() => Store.WriteTextAsync(At(longest + "n"), "x"));
        Assert.Equal("invalid-blob-path", error.Code);
    }

    [ToolTheory]
    [InlineData("")]
    [InlineData("runs")]
    [InlineData("runs/")]
    [InlineData("/etc/passwd")]
    [InlineData("runs/../../etc/passwd")]
    [InlineData("runs/a/./b")]
    [InlineData("runs/a//b")]
    [InlineData("../runs/a")]
    [InlineData("Runs/a")]
    [InlineData("runs/a\0b")]
    [InlineData("runs/a\\b")]
    public async Task UnsafePaths_AreRefusedByName(string path)
    {
        foreach (var use in new Func<Task>[]
        {
            () => Store.WriteTextAsync(path, "x"), () => Store.ReadTextAsync(path), () => Store.FindAsync(path),
            () => Store.DeleteAsync(path), () => Store.AppendAsync(path, "x"u8.ToArray()),
        })
            Assert.Equal("invalid-blob-path", (await Assert.ThrowsAsync<RlhfException>(use)).Code);
    }

    [ToolFact]
    public async Task List_OutsideTheStore_FindsNothing() => Assert.Empty(await ListAsync("../"));

    [ToolFact]
    public async Task Json_RoundTrips()
    {
        await Store.WriteJsonAsync(At("item.json"), new BlobItem("p", 1, "e", DateTimeOffset.UnixEpoch));
        Assert.Equal("p", (await Store.ReadJsonAsync<BlobItem>(At("item.json")))!.Path);
    }

    private async Task<List<BlobItem>> ListAsync(string prefix)
    {
        var items = new List<BlobItem>();
        await foreach (var item in Store.ListAsync(prefix)) items.Add(item);
        return items;
    }
}
