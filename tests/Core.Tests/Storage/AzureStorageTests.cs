using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Rlhf.Contracts.Azurite;
using Rlhf.Contracts.Storage;
using Rlhf.Contracts.Tools;
using Rlhf.Storage;
using Rlhf.Storage.Azure;

[assembly: AssemblyFixture(typeof(Rlhf.Core.Tests.Storage.AzuriteFixture))]

namespace Rlhf.Core.Tests.Storage;

/// <summary>One Azurite for all tests of this assembly, started by the first that asks.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private readonly Lazy<Task<AzuriteServer>> server = new(AzuriteServer.StartAsync);

    public async Task<string> ConnectAsync() => (await server.Value).ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated) await (await server.Value).DisposeAsync();
    }
}

[Needs(Tool.Azurite)]
public sealed class AzureBlobStoreTests(AzuriteFixture azurite) : BlobStoreContract, IAsyncLifetime
{
    private IBlobStore? store;

    protected override IBlobStore Store => store!;

    public async ValueTask InitializeAsync() => store = BlobStores.Open(await azurite.ConnectAsync());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [ToolFact]
    public async Task Write_ReplyIsLost_ItsOwnRetryIsNoConflict()
    {
        var lossy = new LosesReplies("PUT");
        var options = new BlobClientOptions { Transport = lossy.Transport };
        var lossyStore = new AzureBlobStore(new BlobServiceClient(await azurite.ConnectAsync(), options));
        var path = $"runs/{Guid.NewGuid():n}/lost";
        var etag = await lossyStore.WriteTextAsync(path, "1", WriteCondition.CreateOnly);
        lossy.LoseNext();
        var second = await lossyStore.WriteTextAsync(path, "2", WriteCondition.Matches(etag!));

        Assert.Equal(1, lossy.Lost);
        Assert.Equal((await Store.FindAsync(path))!.ETag, second);
        Assert.Equal("2", await Store.ReadTextAsync(path));
    }
}

[Needs(Tool.Azurite)]
public sealed class AzureTableStoreTests(AzuriteFixture azurite) : TableStoreContract, IAsyncLifetime
{
    private ITableStore? store;

    protected override ITableStore Store => store!;

    public async ValueTask InitializeAsync() => store = TableStores.OpenAzure(await azurite.ConnectAsync());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [ToolFact]
    public async Task Write_ReplyIsLost_ItsOwnRetryIsNoConflict()
    {
        var lossy = new LosesReplies("POST", "PUT");
        var options = new TableClientOptions { Transport = lossy.Transport };
        var lossyStore = new AzureTableStore(new TableServiceClient(await azurite.ConnectAsync(), options));
        var partition = Guid.NewGuid().ToString("n");
        var etag = await lossyStore.TryInsertAsync("rankings", partition, "a", 1);
        lossy.LoseNext();
        var second = await lossyStore.TryReplaceAsync("rankings", partition, "a", 2, etag!);
        lossy.LoseNext();
        var inserted = await lossyStore.TryInsertAsync("rankings", partition, "b", 3);
        lossy.LoseNext();
        var together = await lossyStore.WriteAsync(
            "rankings", partition, [new(TableOperationKind.Replace, "a", StorageExtensions.ToBody(4), second), new(TableOperationKind.Insert, "c", StorageExtensions.ToBody(5))]);

        Assert.Equal(3, lossy.Lost);
        Assert.Equal((await Store.FindAsync("rankings", partition, "b"))!.ETag, inserted);
        Assert.Equal([(await Store.FindAsync("rankings", partition, "a"))!.ETag, (await Store.FindAsync("rankings", partition, "c"))!.ETag], together);
    }
}
