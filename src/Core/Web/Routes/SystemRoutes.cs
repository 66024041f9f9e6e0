using System.Reflection;
using Microsoft.AspNetCore.Http;
using Rlhf.Storage;
using Rlhf.Web.Contracts;
using Rlhf.Web.OpenApi;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

internal static class SystemRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/health", Anonymous, "health", "Answers once storage does.", HealthAsync) { Response = typeof(HealthResponse) },
        new("GET", "api/openapi.json", Anonymous, "openApi", "This description.", OpenApiAsync),
    ];

    private static async Task<IResult> HealthAsync(RouteContext context)
    {
        await context.Get<ITableStore>().FindAsync("campaigns", "campaigns", "health", context.Cancellation);
        return context.Ok(new HealthResponse("ok", typeof(SystemRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown"));
    }

    private static Task<IResult> OpenApiAsync(RouteContext context) =>
        Task.FromResult(Results.Text(OpenApiDocument.Json, "application/json"));
}
