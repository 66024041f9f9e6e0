using Rlhf.Contracts;
using Rlhf.Storage;
using Rlhf.Storage.Azure;
using Rlhf.Storage.Files;

namespace Rlhf.Core.Tests.Storage;

public sealed class StorageNameTests
{
    [Fact]
    public void Open_Folder_IsFiles()
    {
        using var folder = new TemporaryFolder();
        using var store = Assert.IsType<FileBlobStore>(BlobStores.Open(folder.File("a folder")));
        Assert.True(Directory.Exists(store.Root));
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;")]
    [InlineData("https://someaccount.blob.core.windows.net")]
    public void Open_ConnectionStringOrAddress_IsAzure(string storage) => Assert.IsType<AzureBlobStore>(BlobStores.Open(storage));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("AccountName=x;AccountKey=secret")]
    public void Open_Nonsense_IsRefusedWithoutTheKey(string storage)
    {
        var error = Assert.Throws<RlhfException>(() => BlobStores.Open(storage));
        Assert.Equal("invalid-storage", error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenAzureTables_Folder_IsRefused() =>
        Assert.Equal("invalid-storage", Assert.Throws<RlhfException>(() => TableStores.OpenAzure("/some/folder")).Code);

    [Fact]
    public async Task Unreachable_SaysSoAndNamesThePlace()
    {
        // Nothing listens on port 1.
        var options = new Azure.Data.Tables.TableClientOptions { Retry = { MaxRetries = 0 } };
        var store = new AzureTableStore(new Azure.Data.Tables.TableServiceClient(
            "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=AAAA;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;", options));
        var error = await Assert.ThrowsAsync<RlhfException>(() => store.FindAsync("rankings", "p", "r"));
        Assert.Equal("storage-unreachable", error.Code);
        Assert.Contains("devstoreaccount1/rankings/p/r", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }
}
