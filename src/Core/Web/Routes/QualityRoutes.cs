using Microsoft.AspNetCore.Http;
using Rlhf.Labeling.Checks;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Quality;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>How annotators and generators do, and what the owner makes of it.</summary>
internal static class QualityRoutes
{
    private const long GoldBody = 1024 * 1024;
    private const int MostPromoted = 50;

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
        new("POST", "api/campaigns/{campaign}/annotators/{annotator}/pass", Owner, "passAnnotator", "Ends the annotator's practice, whatever came of it.", PassAsync)
        { Success = StatusCodes.Status204NoContent },
        new("GET", "api/campaigns/{campaign}/gold", Owner, "listGold", "Comparisons with a known answer, and how annotators judged them.", ListGoldAsync)
        { Response = typeof(GoldListResponse) },
        new("POST", "api/campaigns/{campaign}/gold", Owner, "addGold", "Adds a comparison with a known answer; the same twice is one.", AddGoldAsync)
        { Request = typeof(GoldRequest), Success = StatusCodes.Status204NoContent, MaximumBody = GoldBody },
        new("POST", "api/campaigns/{campaign}/gold/promote", Owner, "promoteGold", "Makes gold of comparisons that three annotators and more judged alike; they give no pairs any more.", PromoteGoldAsync)
        { Request = typeof(PromoteRequest), Response = typeof(GoldListResponse) },
        new("DELETE", "api/campaigns/{campaign}/gold/{comparison}", Owner, "removeGold", "Serves a gold comparison no more.", RemoveGoldAsync)
        { Success = StatusCodes.Status204NoContent },
    ];

    private static async Task<IResult> ReadAsync(RouteContext context) =>
        context.Ok(await context.Get<QualityReader>().ReadAsync(context.Campaign, context.Cancellation));

    private static async Task<IResult> PassAsync(RouteContext context)
    {
        await context.Get<Practice>().PassAsync(context.Campaign, context.Annotator, context.Cancellation);
        return Results.NoContent();
    }

    private static async Task<IResult> ListGoldAsync(RouteContext context) =>
        context.Ok(await context.Get<GoldService>().ListAsync(context.Campaign, context.Cancellation));

    private static async Task<IResult> AddGoldAsync(RouteContext context)
    {
        await context.Get<GoldService>().MakeAsync(context.Campaign, await context.ReadAsync<GoldRequest>(), context.Cancellation);
        return Results.NoContent();
    }

    private static async Task<IResult> PromoteGoldAsync(RouteContext context)
    {
        var count = (await context.ReadAsync<PromoteRequest>()).Count;
        if (count is < 1 or > MostPromoted) throw new RlhfException("invalid-count", $"{count} comparisons can't be promoted at once.", $"Ask for 1 to {MostPromoted}.");
        await context.Get<GoldService>().PromoteAsync(context.Campaign, count, context.Cancellation);
        return await ListGoldAsync(context);
    }

    private static async Task<IResult> RemoveGoldAsync(RouteContext context)
    {
        await context.Get<GoldService>().RemoveAsync(context.Campaign, context.Comparison, context.Cancellation);
        return Results.NoContent();
    }

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
