using Microsoft.AspNetCore.Http;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Quality;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>How annotators and generators do, and what the owner makes of it.</summary>
internal static class QualityRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/campaigns/{campaign}/quality", Owner, "readQuality", "Agreement, how each annotator does, and how the generators do against each other.", ReadAsync)
        { Response = typeof(QualityResponse) },
        new("POST", "api/campaigns/{campaign}/annotators/{annotator}/pause", Owner, "pauseAnnotator", "Asks the annotator nothing more; what was served may be handed in.", context => SetPausedAsync(context, true))
        { Success = StatusCodes.Status204NoContent },
        new("POST", "api/campaigns/{campaign}/annotators/{annotator}/resume", Owner, "resumeAnnotator", "Asks a paused annotator again.", context => SetPausedAsync(context, false))
        { Success = StatusCodes.Status204NoContent },
        new("POST", "api/campaigns/{campaign}/annotators/{annotator}/exclude", Owner, "excludeAnnotator", "Leaves the annotator's rankings out of pairs, verdicts and agreement; they are kept.", context => SetExcludedAsync(context, true))
        { Success = StatusCodes.Status204NoContent },
        new("POST", "api/campaigns/{campaign}/annotators/{annotator}/include", Owner, "includeAnnotator", "Takes rankings that were left out in again.", context => SetExcludedAsync(context, false))
        { Success = StatusCodes.Status204NoContent },
    ];

    private static async Task<IResult> ReadAsync(RouteContext context) =>
        context.Ok(await context.Get<QualityReader>().ReadAsync(context.Campaign, context.Cancellation));

    private static async Task<IResult> SetPausedAsync(RouteContext context, bool isPaused)
    {
        await context.Get<InviteService>().SetPausedAsync(context.Campaign, context.Annotator, isPaused, context.Cancellation);
        return Results.NoContent();
    }

    private static async Task<IResult> SetExcludedAsync(RouteContext context, bool isExcluded)
    {
        await context.Get<Exclusions>().SetAsync(context.Campaign, context.Annotator, isExcluded, context.Cancellation);
        return Results.NoContent();
    }
}
