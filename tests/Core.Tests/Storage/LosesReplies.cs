using System.Net;
using Azure.Core.Pipeline;

namespace Rlhf.Core.Tests.Storage;

/// <summary>A network that carries a request through and then loses its reply, once for each time it is asked to.</summary>
internal sealed class LosesReplies : DelegatingHandler
{
    private readonly IReadOnlyList<HttpMethod> methods;
    private bool isNext;

    /// <param name="methods">Whose replies it loses.</param>
    public LosesReplies(params string[] methods)
        : base(new HttpClientHandler())
    {
        this.methods = [.. methods.Select(m => new HttpMethod(m))];
        Transport = new HttpClientTransport(this);
    }

    public HttpClientTransport Transport { get; }

    public int Lost { get; private set; }

    public void LoseNext() => isNext = true;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (!isNext || !methods.Contains(request.Method) || !response.IsSuccessStatusCode) return response;
        isNext = false;
        Lost++;
        response.Dispose();
        throw new HttpRequestException("The connection was closed before the reply came.", null, HttpStatusCode.RequestTimeout);
    }
}
