using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Rlhf.Web.Routing;

public static class RlhfEndpoints
{
    // The fallback takes every method, so ASP.NET Core's own 405 never comes about; it would be no problem document either.
    private static readonly AllowedMethods allowed = new(RouteTable.All);

    /// <summary>Maps the route table on ASP.NET Core; anything else is a problem document: 405 where another method has something there, else 404.</summary>
    public static IEndpointRouteBuilder MapRlhf(this IEndpointRouteBuilder endpoints)
    {
        foreach (var route in RouteTable.All)
            endpoints.MapMethods("/" + route.Pattern, [route.Method], http => RunAsync(route, http)).WithName(route.Name);
        endpoints.MapFallback("{**path}", http => RunAsync(Fallback, http));
        return endpoints;
    }

    private static readonly ApiRoute Fallback = new("GET", "", AccessPolicy.Anonymous, "notFound", "", context =>
    {
        var (method, path) = (context.Request.Method, context.Request.Path);
        if (allowed.MethodsAt(path) is not { Count: > 0 } methods)
            throw new RlhfException("no-such-address", $"There is nothing at {method} {path}.", "See /api/openapi.json for what there is.", StatusCodes.Status404NotFound);
        context.Response.Headers.Allow = string.Join(", ", methods);
        throw new RlhfException("method-not-allowed", $"{path} is not there for {method}.", $"Use {string.Join(" or ", methods)}.", StatusCodes.Status405MethodNotAllowed);
    });

    private static async Task RunAsync(ApiRoute route, HttpContext http)
    {
        var result = await http.RequestServices.GetRequiredService<RouteRunner>().RunAsync(route, http);
        await result.ExecuteAsync(http);
    }
}
