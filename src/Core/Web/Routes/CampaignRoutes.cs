using Microsoft.AspNetCore.Http;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

internal static class CampaignRoutes
{
    private const long CampaignBody = 256 * 1024;
    // Larger files are dropped into the inbox.
    private const long PromptFile = 256L * 1024 * 1024;

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/campaigns", Owner, "listCampaigns", "All campaigns.", ListAsync) { Response = typeof(CampaignListResponse) },
        new("POST", "api/campaigns", Owner, "createCampaign", "Creates a campaign; the same one twice is one.", CreateAsync)
        { Request = typeof(CampaignRequest), Response = typeof(CampaignView), Success = StatusCodes.Status201Created, MaximumBody = CampaignBody },
        new("GET", "api/campaigns/{campaign}", Owner, "readCampaign", "A campaign with its progress and agreement.", ReadAsync)
        { Response = typeof(CampaignResponse) },
        new("POST", "api/campaigns/{campaign}/prompts", Owner, "addPrompts", "Adds a file of prompts.", AddPromptsAsync)
        {
            Response = typeof(IngestReport), TakesFile = true, MaximumBody = PromptFile,
            Query = [new("name", "File name; its extension says what it is: .jsonl .json .csv .txt .parquet. By content type where left out.")],
        },
        new("POST", "api/campaigns/{campaign}/pause", Owner, "pauseCampaign", "Stops serving and generating; rankings of served tasks are accepted.", PauseAsync)
        { Request = typeof(ReasonRequest), Response = typeof(CampaignView) },
        new("POST", "api/campaigns/{campaign}/resume", Owner, "resumeCampaign", "Goes on after a pause.", ResumeAsync) { Response = typeof(CampaignView) },
        new("POST", "api/campaigns/{campaign}/cancel", Owner, "cancelCampaign", "Ends it; late rankings are kept as extra.", CancelAsync)
        { Request = typeof(ReasonRequest), Response = typeof(CampaignView) },
        new("POST", "api/campaigns/{campaign}/overlap", Owner, "lowerOverlap", "Asks fewer annotators a comparison, open ones included.", LowerOverlapAsync)
        { Request = typeof(OverlapRequest), Response = typeof(CampaignView) },
        new("POST", "api/campaigns/{campaign}/guidelines", Owner, "changeGuidelines", "New guidelines, as the next version; rankings say which version they followed.", ChangeGuidelinesAsync)
        { Request = typeof(GuidelinesRequest), Response = typeof(CampaignView), MaximumBody = CampaignBody },
        new("POST", "api/campaigns/{campaign}/close", Owner, "closeLabeling", "Takes the labeling as it is: what is open ends with the rankings it has, and training follows where it is wanted.", CloseAsync)
        { Response = typeof(CampaignView) },
        new("POST", "api/campaigns/{campaign}/train", Owner, "trainNow", "Trains on what is labeled so far.", TrainAsync)
        { Response = typeof(Run), Success = StatusCodes.Status202Accepted },
        new("POST", "api/campaigns/{campaign}/simulate", Owner, "simulate", "Finishes with simulated annotators, named as such wherever they count.", SimulateAsync)
        { Success = StatusCodes.Status202Accepted },
    ];

    private static async Task<IResult> ListAsync(RouteContext context)
    {
        var campaigns = await context.Get<CampaignStore>().ListAsync(context.Cancellation).Select(CampaignView.Of).ToListAsync(context.Cancellation);
        return context.Ok(new CampaignListResponse(campaigns));
    }

    private static async Task<IResult> CreateAsync(RouteContext context)
    {
        var request = await context.ReadAsync<CampaignRequest>();
        var campaign = await context.Get<CampaignService>().CreateAsync(CampaignRequests.ToSettings(request, context.Get<WebOptions>()), request.Annotators, context.Cancellation);
        return context.Ok(CampaignView.Of(campaign));
    }

    private static async Task<IResult> ReadAsync(RouteContext context)
    {
        var campaign = await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation);
        var progress = await context.Get<CampaignService>().GetProgressAsync(context.Campaign, context.Cancellation);
        return context.Ok(new CampaignResponse(CampaignView.Of(campaign), progress, context.Find<ISimulation>()?.CanStart(campaign.Id) == true, context.Get<StorageHealth>().Trouble));
    }

    private static async Task<IResult> AddPromptsAsync(RouteContext context)
    {
        var name = context.QueryValue("name") ?? CampaignRequests.FileNameFor(context.Request.ContentType);
        return context.Ok(await context.Get<CampaignService>().AddPromptsAsync(context.Campaign, context.Request.Body, name, context.Cancellation));
    }

    private static async Task<IResult> PauseAsync(RouteContext context)
    {
        var reason = (await context.ReadAsync<ReasonRequest>()).Reason;
        return context.Ok(CampaignView.Of(await context.Get<CampaignService>().PauseAsync(context.Campaign, reason ?? "Paused by the owner.", context.Cancellation)));
    }

    private static async Task<IResult> ResumeAsync(RouteContext context) =>
        context.Ok(CampaignView.Of(await context.Get<CampaignService>().ResumeAsync(context.Campaign, context.Cancellation)));

    private static async Task<IResult> CancelAsync(RouteContext context)
    {
        var reason = (await context.ReadAsync<ReasonRequest>()).Reason;
        return context.Ok(CampaignView.Of(await context.Get<CampaignService>().CancelAsync(context.Campaign, reason ?? "Cancelled by the owner.", context.Cancellation)));
    }

    private static async Task<IResult> LowerOverlapAsync(RouteContext context)
    {
        var overlap = (await context.ReadAsync<OverlapRequest>()).Overlap;
        return context.Ok(CampaignView.Of(await context.Get<CampaignService>().LowerOverlapAsync(context.Campaign, overlap, context.OwnerName, context.Cancellation)));
    }

    private static async Task<IResult> ChangeGuidelinesAsync(RouteContext context)
    {
        var guidelines = (await context.ReadAsync<GuidelinesRequest>()).Guidelines;
        return context.Ok(CampaignView.Of(await context.Get<GuidelinesStore>().ChangeAsync(context.Campaign, guidelines, context.OwnerName, context.Cancellation)));
    }

    private static async Task<IResult> CloseAsync(RouteContext context) =>
        context.Ok(CampaignView.Of(await context.Get<CampaignService>().CloseAsync(context.Campaign, context.Cancellation)));

    private static async Task<IResult> TrainAsync(RouteContext context) =>
        context.Ok(await context.Get<CampaignService>().TrainNowAsync(context.Campaign, context.Cancellation));

    private static async Task<IResult> SimulateAsync(RouteContext context)
    {
        var simulation = context.Find<ISimulation>()
            ?? throw new RlhfException("simulation-unavailable", "This host has no simulated annotators.", "Invite people, or run the campaign on one machine.", StatusCodes.Status501NotImplemented);
        await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation);
        await simulation.StartAsync(context.Campaign, context.Cancellation);
        return Results.Accepted();
    }
}
