using Azure;
using Azure.Identity;

namespace Rlhf.Storage.Azure;

/// <summary>Turns what Azure Storage says into errors that name the place and the way out.</summary>
internal static class AzureErrors
{
    /// <param name="place">Account, container and blob, or table and row.</param>
    public static async Task<T> GuardAsync<T>(string place, Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception e) when (e is RequestFailedException or AuthenticationFailedException || IsRetriesUsedUp(e))
        {
            throw Translate(place, e);
        }
    }

    public static RlhfException Translate(string place, Exception e) => e switch
    {
        AuthenticationFailedException or RequestFailedException { Status: 401 or 403 } => new("storage-denied", $"Azure Storage refuses '{place}': {FirstLine(e)}",
            "Give this identity the roles Storage Blob Data Contributor and Storage Table Data Contributor, or correct the connection string.", 503, e),
        RequestFailedException { ErrorCode: "BlockCountExceedsLimit" } => new(StorageErrors.AppendsUsedUp, $"'{place}' has taken as many appends as Azure Storage allows: 50,000.",
            "Go on in another blob.", 507, e),
        RequestFailedException { Status: > 0 and not (408 or 429 or >= 500) } => new("storage-failed", $"Azure Storage failed at '{place}': {FirstLine(e)}",
            "Look at the storage account, then try again; nothing was half-written.", 503, e),
        _ => new("storage-unreachable", $"Azure Storage can't be reached for '{place}': {FirstLine(e)}",
            "Check the network and the account's address (for Azurite: that it runs), then try again; nothing was half-written.", 503, e)
        { IsTransient = true },
    };

    // Several attempts that all failed arrive as one exception.
    private static bool IsRetriesUsedUp(Exception e) => e is AggregateException { InnerExceptions: [RequestFailedException, ..] };

    private static string FirstLine(Exception e) => (e is AggregateException all ? all.InnerExceptions[0] : e).Message.Split('\n')[0].Trim();
}
