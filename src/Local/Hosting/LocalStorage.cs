using Rlhf.Local.Azurite;
using Rlhf.Local.Storage;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Local.Hosting;

/// <summary>The two storage ports of this machine: files and SQLite, or Azure Storage on Azurite.</summary>
/// <param name="Location">The same for the trainer, as <c>RLHF_STORAGE</c>.</param>
public sealed record LocalStorage(IBlobStore Blobs, ITableStore Tables, string Location, AzuriteProcess? Azurite) : IAsyncDisposable
{
    public static async Task<LocalStorage> OpenAsync(DataFolder data, bool azurite, Action<string> say, CancellationToken cancellation)
    {
        if (!azurite) return new(new FileBlobStore(data.Blobs), new SqliteTableStore(data.Tables), data.Blobs, null);
        var process = await AzuriteProcess.StartAsync(data, say, cancellation);
        return new(BlobStores.Open(process.ConnectionString), TableStores.OpenAzure(process.ConnectionString), process.ConnectionString, process);
    }

    public async ValueTask DisposeAsync()
    {
        (Blobs as IDisposable)?.Dispose();
        (Tables as IDisposable)?.Dispose();
        if (Azurite is not null) await Azurite.DisposeAsync();
    }
}
