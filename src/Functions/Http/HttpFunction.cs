using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;

namespace Rlhf.Functions.Http;

/// <summary>All of HTTP. One function for the whole route table, so that there is one table for both hosts: the same matching, the same 404 and 405, both problem details;
/// and a cold start indexes one function, not forty. Who may call what is Core's to say, so the trigger is anonymous.</summary>
public sealed class HttpFunction(RoutePipeline routes, DurableClientHolder clients)
{
    [Function("Http")]
    public Task Serve([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        clients.Use(client);
        return routes.RunAsync(request.HttpContext);
    }
}
