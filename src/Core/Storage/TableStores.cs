using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Rlhf.Storage.Azure;

namespace Rlhf.Storage;

/// <summary>Opens table rows in Azure Storage.</summary>
public static class TableStores
{
    /// <param name="storage">An Azure Storage connection string (Azurite's too) or a table account's address.</param>
    /// <param name="credential">For an address; the machine's or the developer's where null.</param>
    /// <exception cref="RlhfException"><c>invalid-storage</c>.</exception>
    public static ITableStore OpenAzure(string storage, TokenCredential? credential = null)
    {
        if (StorageNames.IsConnectionString(storage)) return new AzureTableStore(StorageNames.Connect(storage, s => new TableServiceClient(s)));
        if (StorageNames.IsAddress(storage, out var address)) return new AzureTableStore(new TableServiceClient(address, credential ?? new DefaultAzureCredential()));
        throw new RlhfException("invalid-storage", "The table storage is neither a connection string nor an https address.", "Give one of the two.");
    }
}
