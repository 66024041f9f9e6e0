using Microsoft.AspNetCore.Http;

namespace Rlhf.Web.Routing;

public delegate Task<IResult> RouteHandler(RouteContext context);

/// <summary>One row of the route table: what both hosts map, what the OpenAPI document lists, who may call it.</summary>
/// <param name="Pattern">Without a leading slash; parameters in braces.</param>
/// <param name="Name">The operation's id, e.g. <c>nextTask</c>.</param>
public sealed record ApiRoute(string Method, string Pattern, AccessPolicy Policy, string Name, string Summary, RouteHandler Handler)
{
    /// <summary>What a person's JSON may need.</summary>
    public const long OrdinaryBody = 64 * 1024;

    public Type? Request { get; init; }

    public Type? Response { get; init; }

    /// <summary>Of an answer that is not JSON.</summary>
    public string ResponseType { get; init; } = "application/json";

    public int Success { get; init; } = StatusCodes.Status200OK;

    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>Bytes a body may have.</summary>
    public long MaximumBody { get; init; } = OrdinaryBody;

    /// <summary>A file as it is, of any content type.</summary>
    public bool TakesFile { get; init; }

    /// <summary>Pages and their parts; left out of the API's description.</summary>
    public bool IsPage { get; init; }

    public FrameRole Frame { get; init; }

    public bool IsWrite => Method is not "GET" and not "HEAD";
}

public sealed record QueryParameter(string Name, string Description, string Type = "string");
