using Azure.Identity;

namespace Rlhf.Training.FineTuning;

internal static class ProviderCalls
{
    /// <summary>One call; whatever is not a success is a <see cref="ProviderException"/>.</summary>
    /// <param name="what">For messages and logs: without query, headers or body.</param>
    public static async Task<HttpResponseMessage> CallAsync(this HttpClient http, HttpRequestMessage request, string what, TimeProvider time, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || e is OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new ProviderException(null, null, $"{what} at {request.RequestUri?.Host} got no answer: {e.Message}", inner: e);
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ProviderException.OfAsync(what, response, time, cancellation);
    }

    /// <summary>Signs in, or says that nobody could.</summary>
    public static async ValueTask<string> TokenAsync(this Azure.Core.TokenCredential credential, Azure.Core.TokenRequestContext scope, CancellationToken cancellation)
    {
        try
        {
            return (await credential.GetTokenAsync(scope, cancellation)).Token;
        }
        catch (AuthenticationFailedException e)
        {
            throw new ProviderException(System.Net.HttpStatusCode.Unauthorized, null, $"No Azure identity could sign in: {e.Message}", inner: e);
        }
    }
}
