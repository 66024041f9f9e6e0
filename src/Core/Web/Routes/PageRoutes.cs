using Rlhf.Web.Pages;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>The pages and their parts. They hold no data and so are open to everybody; what they show comes over the API, with a token.</summary>
internal static class PageRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        Page("", "dashboard"), Page("label", "label"), Page("campaign", "campaign"), Page("run", "run"), Page("arena", "arena"),
        new("GET", "pages/{*path}", Anonymous, "pagePart", "Scripts, styles and images of the pages.", context => Task.FromResult(PageFiles.Serve(context.PathValue("path")))) { IsPage = true },
    ];

    private static ApiRoute Page(string pattern, string name) =>
        new("GET", pattern, Anonymous, name + "Page", $"The {name} page.", _ => Task.FromResult(PageFiles.Serve($"{name}/{name}.html"))) { IsPage = true };
}
