using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Judging;
using Rlhf.Web.Routing;

namespace Rlhf.Web;

public static class WebRegistration
{
    /// <summary>What answers HTTP. The host supplies <see cref="Security.IOwnerAccess"/> and may supply <see cref="WebOptions"/>.</summary>
    public static IServiceCollection AddRlhfWeb(this IServiceCollection services)
    {
        services.AddRouting();
        services.TryAddSingleton(new WebOptions());
        services.AddSingleton<RouteRunner>();
        services.AddSingleton<Arena>();
        return services;
    }
}
