using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rlhf.Web.Routing;

namespace Rlhf.Functions.Http;

/// <summary>ASP.NET Core's routing over the route table, as the local host has it, for requests that a function was given.</summary>
public sealed class RoutePipeline(IServiceProvider services)
{
    private readonly Lazy<RequestDelegate> pipeline = new(() => Build(services));

    public Task RunAsync(HttpContext http)
    {
        // The worker's own match is the catch-all; the table's match takes its place.
        http.SetEndpoint(null);
        http.Request.RouteValues = new RouteValueDictionary();
        return pipeline.Value(http);
    }

    private static RequestDelegate Build(IServiceProvider services) => new ApplicationBuilder(services)
        .UseRouting()
        .UseEndpoints(endpoints => endpoints.MapRlhf())
        .Build();
}
