using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Json;
using Rlhf.Labeling.Invites;
using Rlhf.Web.Security;

namespace Rlhf.Web.Routing;

/// <summary>What a handler gets: typed ids from the path, the checked body, and who is calling.</summary>
/// <param name="invite">The annotator's, on routes for annotators.</param>
public sealed class RouteContext(HttpContext http, ApiRoute route, Invite? invite)
{
    public HttpRequest Request => http.Request;

    public HttpResponse Response => http.Response;

    public CancellationToken Cancellation => http.RequestAborted;

    public Invite Invite => invite ?? throw new InvalidOperationException($"'{route.Name}' is no route for annotators.");

    public CampaignId Campaign => Id<CampaignId>("campaign");

    public ComparisonId Comparison => Id<ComparisonId>("comparison");

    public AnnotatorId Annotator => Id<AnnotatorId>("annotator");

    public RunId Run => Id<RunId>("run");

    /// <summary>Who the owner is, on routes for owners.</summary>
    public string OwnerName => Get<IOwnerAccess>().NameOf(Request);

    public T Get<T>() where T : notnull => http.RequestServices.GetRequiredService<T>();

    public T? Find<T>() where T : class => http.RequestServices.GetService<T>();

    public string PathValue(string name) => http.GetRouteValue(name) as string ?? "";

    public string? QueryValue(string name) => http.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    /// <exception cref="RlhfException"><c>invalid-query</c>.</exception>
    public int QueryNumber(string name, int otherwise, int minimum, int maximum)
    {
        if (QueryValue(name) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum) return number;
        throw new RlhfException("invalid-query", $"'{name}={text}' is not a number from {minimum} to {maximum}.", $"Leave '{name}' out, or give a number in that range.");
    }

    /// <summary>The JSON body.</summary>
    /// <exception cref="RlhfException"><c>invalid-json</c>, with the place.</exception>
    public async Task<T> ReadAsync<T>() where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, RlhfJson.Options, Cancellation) ?? throw new JsonException("The body is null.");
        }
        catch (JsonException e)
        {
            throw new RlhfException("invalid-json", $"The body is not a {typeof(T).Name}: {e.Message}", "Send JSON as /api/openapi.json describes it.", inner: e);
        }
    }

    public IResult Ok<T>(T value) => Results.Json(value, RlhfJson.Options, statusCode: route.Success);

    private TId Id<TId>(string name) where TId : struct, IId<TId> => TId.From(PathValue(name));
}
