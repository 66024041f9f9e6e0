using Rlhf.Contracts;
using Rlhf.Contracts.Storage;
using Rlhf.Local.Storage;
using Rlhf.Storage;
using Rlhf.Storage.Files;

namespace Rlhf.Local.Tests.Storage;

public sealed class FileBlobStoreTests : BlobStoreContract, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FileBlobStore store;

    public FileBlobStoreTests() => store = new(folder.File("blobs"));

    protected override IBlobStore Store => store;

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }
}

public sealed class SqliteTableStoreTests : TableStoreContract, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SqliteTableStore store;

    public SqliteTableStoreTests() => store = new(folder.File("tables.db"));

    protected override ITableStore Store => store;

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }
}
