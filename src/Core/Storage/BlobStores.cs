using Rlhf.Storage.Files;

namespace Rlhf.Storage;

/// <summary>Opens the blob store that one string names, as <c>RLHF_STORAGE</c> does for the training job.</summary>
public static class BlobStores
{
    /// <param name="storage">A folder.</param>
    /// <exception cref="RlhfException"><c>invalid-storage</c>, or the folder can't be used.</exception>
    public static IBlobStore Open(string storage)
    {
        if (string.IsNullOrWhiteSpace(storage))
            throw new RlhfException("invalid-storage", "No storage is named.", "Set RLHF_STORAGE to a folder, a connection string or a blob account's address.");
        return new FileBlobStore(storage);
    }
}
