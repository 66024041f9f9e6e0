using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Rlhf.Web.Routing;

public static class RlhfEndpoints
{
    /// <summary>Maps the route table on ASP.NET Core; anything else is a problem document with 404.</summary>
    public static IEndpointRouteBuilder MapRlhf(this IEndpointRouteBuilder endpoints)
    {
        foreach (var route in RouteTable.All)
            endpoints.MapMethods("/" + route.Pattern, [route.Method], http => RunAsync(route, http)).WithName(route.Name);
        endpoints.MapFallback("{**path}", http => RunAsync(NotFound, http));
        return endpoints;
    }

    private static readonly ApiRoute NotFound = new("GET", "", AccessPolicy.Anonymous, "notFound", "", context =>
        throw new RlhfException("no-such-address", $"There is nothing at {context.Request.Method} {context.Request.Path}.", "See /api/openapi.json for what there is.", StatusCodes.Status404NotFound));

    private static async Task RunAsync(ApiRoute route, HttpContext http)
    {
        var result = await http.RequestServices.GetRequiredService<RouteRunner>().RunAsync(route, http);
        await result.ExecuteAsync(http);
    }
}
