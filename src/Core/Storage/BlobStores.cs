using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Rlhf.Storage.Azure;
using Rlhf.Storage.Files;

namespace Rlhf.Storage;

/// <summary>Opens the blob store that one string names, as <c>RLHF_STORAGE</c> does for the training job.</summary>
public static class BlobStores
{
    /// <param name="storage">A folder, an Azure Storage connection string (Azurite's too), or a blob account's address, for which the identity is the machine's or the developer's.</param>
    /// <param name="credential">For an address; the machine's or the developer's where null.</param>
    /// <exception cref="RlhfException"><c>invalid-storage</c>, or the folder can't be used.</exception>
    public static IBlobStore Open(string storage, TokenCredential? credential = null)
    {
        if (string.IsNullOrWhiteSpace(storage))
            throw new RlhfException("invalid-storage", "No storage is named.", "Set RLHF_STORAGE to a folder, a connection string or a blob account's address.");
        if (StorageNames.IsConnectionString(storage)) return new AzureBlobStore(StorageNames.Connect(storage, s => new BlobServiceClient(s)));
        return StorageNames.IsAddress(storage, out var address) ? new AzureBlobStore(new BlobServiceClient(address, credential ?? new DefaultAzureCredential())) : new FileBlobStore(storage);
    }
}
