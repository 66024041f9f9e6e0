using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;

namespace Rlhf.Web.Routing;

/// <summary>Which methods have something at a path.</summary>
internal sealed class AllowedMethods(IEnumerable<ApiRoute> routes)
{
    private readonly List<(string Method, TemplateMatcher Matcher)> matchers =
        [.. routes.Select(route => (route.Method, new TemplateMatcher(TemplateParser.Parse(route.Pattern), new())))];

    public IReadOnlyList<string> MethodsAt(PathString path) =>
        [.. matchers.Where(each => each.Matcher.TryMatch(path, new())).Select(each => each.Method).Distinct().Order(StringComparer.Ordinal)];
}
