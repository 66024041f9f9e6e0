using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Rlhf.Storage;
using Rlhf.Storage.Azure;

namespace Rlhf.Core.Tests.Storage;

public sealed class UsedUpAppendsTests
{
    [Fact]
    public async Task Append_TheServiceTakesNoMore_IsToldApartFromOtherConflicts()
    {
        using var handler = new TakesNoMore();
        var store = new AzureBlobStore(new BlobServiceClient(new Uri("https://account.blob.core.windows.net"), new BlobClientOptions { Transport = new HttpClientTransport(handler) }));

        var error = await Assert.ThrowsAsync<RlhfException>(() => store.AppendAsync("runs/demo-run1/metrics.jsonl", "{}\n"u8.ToArray(), TestContext.Current.CancellationToken));

        Assert.Equal((StorageErrors.AppendsUsedUp, false), (error.Code, error.IsTransient));
        Assert.Contains("runs/demo-run1/metrics.jsonl", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Makes containers and blobs, and answers an append as the service does after the 50,000th.</summary>
    private sealed class TakesNoMore : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var isAppend = request.RequestUri!.Query.Contains("comp=appendblock", StringComparison.Ordinal);
            var response = new HttpResponseMessage(isAppend ? HttpStatusCode.Conflict : HttpStatusCode.Created) { RequestMessage = request };
            if (isAppend) response.Headers.Add("x-ms-error-code", "BlockCountExceedsLimit");
            response.Headers.TryAddWithoutValidation("ETag", "\"0x1\"");
            response.Content = new ByteArrayContent([]);
            response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
            return Task.FromResult(response);
        }
    }
}
