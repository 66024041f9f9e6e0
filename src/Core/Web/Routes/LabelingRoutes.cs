using Microsoft.AspNetCore.Http;
using Rlhf.Campaigns;
using Rlhf.Labeling.Serving;
using Rlhf.LabelStudio.Templates;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>What annotators call.</summary>
internal static class LabelingRoutes
{
    // Comment and own better answer in full, every character escaped.
    private const long RankingBody = 64 * 1024;

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/campaigns/{campaign}/guidelines", Annotator, "readGuidelines", "What the form shows around the tasks.", ReadGuidelinesAsync)
        { Response = typeof(GuidelinesResponse), Query = [new("version", "An earlier one; the newest where left out.", "integer")] },
        new("GET", "api/campaigns/{campaign}/next", Annotator, "nextTask", "The task on the annotator's screen, or a new one.", NextAsync)
        {
            Response = typeof(NextResponse),
            Query = [new("holding", "Comparison ids in hand, separated by commas: given to fetch one ahead.")],
        },
        new("POST", "api/campaigns/{campaign}/tasks/{comparison}/ranking", Annotator, "submitRanking", "Submits, or amends, a judgement.", SubmitAsync)
        { Request = typeof(RankingRequest), Response = typeof(RankingResponse), MaximumBody = RankingBody },
        new("POST", "api/campaigns/{campaign}/tasks/{comparison}/release", Annotator, "releaseTask", "Gives a task back unjudged.", ReleaseAsync)
        { Success = StatusCodes.Status204NoContent },
        new("POST", "api/campaigns/{campaign}/tasks/{comparison}/lease", Annotator, "renewLease", "Keeps a task for whoever is reading it.", RenewAsync)
        { Response = typeof(LeaseResponse) },
        new("GET", "api/campaigns/{campaign}/mine", Annotator, "readMine", "The annotator's latest rankings with their tasks, newest first.", ReadMineAsync)
        { Response = typeof(MineResponse), Query = [new("take", "1 to 10.", "integer")] },
    ];

    private static async Task<IResult> ReadGuidelinesAsync(RouteContext context)
    {
        var settings = (await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation)).Settings;
        var invite = context.Invite;
        var version = context.QueryNumber("version", settings.GuidelinesVersion, 1, settings.GuidelinesVersion);
        var guidelines = await context.Get<GuidelinesStore>().ReadAsync(settings, version, context.Cancellation);
        return context.Ok(new GuidelinesResponse(
            settings.Id, settings.Title, guidelines, version, settings.Answers, invite.Annotator, invite.Kind, invite.Name,
            LabelFormView.Of(settings.Form))
        { Template = LabelTemplates.ViewOf(settings), TemplateVersion = settings.TemplateVersion, LeaseSeconds = settings.Lease.TotalSeconds });
    }

    private static async Task<IResult> NextAsync(RouteContext context)
    {
        var holding = (context.QueryValue("holding") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return context.Ok(await context.Get<TaskServer>().NextAsync(
            context.Campaign, context.Invite, [.. holding.Select(ComparisonId.From)], context.Cancellation));
    }

    private static async Task<IResult> SubmitAsync(RouteContext context) =>
        context.Ok(await context.Get<RankingService>().SubmitAsync(
            context.Campaign, context.Invite, context.Comparison, await context.ReadAsync<RankingRequest>(), context.Cancellation));

    private static async Task<IResult> ReleaseAsync(RouteContext context)
    {
        await context.Get<TaskServer>().ReleaseAsync(context.Campaign, context.Invite.Annotator, context.Comparison, context.Cancellation);
        return Results.NoContent();
    }

    private static async Task<IResult> RenewAsync(RouteContext context) =>
        context.Ok(await context.Get<LeaseRenewal>().RenewAsync(context.Campaign, context.Invite, context.Comparison, context.Cancellation));

    private static async Task<IResult> ReadMineAsync(RouteContext context)
    {
        var take = context.QueryNumber("take", AnnotatorState.RecentKept, 1, AnnotatorState.RecentKept);
        return context.Ok(await context.Get<OwnRankings>().ReadAsync(context.Campaign, context.Invite.Annotator, take, context.Cancellation));
    }
}
