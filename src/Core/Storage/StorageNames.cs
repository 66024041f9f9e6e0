namespace Rlhf.Storage;

internal static class StorageNames
{
    public static bool IsConnectionString(string storage) =>
        storage.Contains("AccountName=", StringComparison.OrdinalIgnoreCase)
        || storage.Contains("UseDevelopmentStorage=", StringComparison.OrdinalIgnoreCase)
        || storage.Contains("Endpoint=", StringComparison.OrdinalIgnoreCase);

    public static bool IsAddress(string storage, out Uri address) =>
        Uri.TryCreate(storage, UriKind.Absolute, out address!) && address.Scheme is "https" or "http";

    /// <remarks>The message leaves the string out: it holds a key.</remarks>
    public static T Connect<T>(string connection, Func<string, T> open)
    {
        try
        {
            return open(connection);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new RlhfException("invalid-storage", "The storage connection string can't be read.", "Copy it again from the storage account, or from what Azurite prints.", inner: e);
        }
    }
}
