using Rlhf.Contracts;
using Rlhf.Storage;
using Rlhf.Storage.Files;
using Rlhf.Training;

namespace Rlhf.Core.Tests.Storage;

public sealed class JsonLinesTests
{
    [Fact]
    public async Task WriteThenRead_GivesTheSameAndTheSameHash()
    {
        using var folder = new TemporaryFolder();
        var blobs = new FileBlobStore(folder.Path);
        var values = Enumerable.Range(0, 1_000).Select(i => new DatasetPrompt(new($"p{i}"), [new(Rlhf.Prompts.MessageRole.User, $"Line\nbreak {i} “ü”")])).ToList();
        var hash = await JsonLines.WriteAsync(blobs, "runs/a/prompts.jsonl", values);
        Assert.Equal(hash, await JsonLines.WriteAsync(blobs, "runs/b/prompts.jsonl", values));
        var read = await JsonLines.ReadAsync<DatasetPrompt>(blobs, "runs/a/prompts.jsonl").ToListAsync();
        Assert.Equal(values.Select(StorageExtensions.ToBody), read.Select(StorageExtensions.ToBody));
    }

    [Fact]
    public async Task Read_TornLineOrNoBlob_IsPassedOver()
    {
        using var folder = new TemporaryFolder();
        var blobs = new FileBlobStore(folder.Path);
        await blobs.WriteTextAsync("runs/a/metrics.jsonl", "{\"name\":\"one\"}\n\n{\"name\":\"two\"}\n{\"na");
        Assert.Equal(["one", "two"], await JsonLines.ReadAsync<Dictionary<string, string>>(blobs, "runs/a/metrics.jsonl").Select(d => d["name"]).ToListAsync());
        Assert.Empty(await JsonLines.ReadAsync<Dictionary<string, string>>(blobs, "runs/none.jsonl").ToListAsync());
    }
}
