using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Rlhf.Campaigns;
using Rlhf.LabelStudio.Editor;
using Rlhf.LabelStudio.Server;
using Rlhf.LabelStudio.Templates;
using Rlhf.Web.Contracts;
using Rlhf.Web.Pages;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>Label Studio's editor for campaigns with a label template, and what comes and goes in Label Studio's own shapes.</summary>
internal static class LabelStudioRoutes
{
    private const long AnnotationBody = 64 * 1024;
    private const long WebhookBody = 4 * 1024 * 1024;
    private const long ExportBody = 256L * 1024 * 1024;

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "label-studio", Anonymous, "labelStudioPage", "The page that labels in Label Studio's editor.", _ => Task.FromResult(PageFiles.Serve("studio/studio.html")))
        { IsPage = true, Frame = FrameRole.Holder },
        new("GET", "label-studio/frame", Anonymous, "labelStudioFrame", "The sandboxed frame with Label Studio's editor.", FrameAsync) { IsPage = true, Frame = FrameRole.Document },
        new("GET", "label-studio/frame/{name}", Anonymous, "labelStudioFramePart", "Our own part of the frame.", context => Task.FromResult(PageFiles.Serve($"studio/frame/{context.PathValue("name")}")))
        { IsPage = true, Frame = FrameRole.Part },
        new("GET", "label-studio/editor/{*path}", Anonymous, "labelStudioEditor", "The editor's own script and styles.", EditorAsync) { IsPage = true, Frame = FrameRole.Part },
        new("POST", "api/campaigns/{campaign}/tasks/{comparison}/annotation", Annotator, "submitAnnotation", "Submits, or amends, what Label Studio's editor gave.", SubmitAsync)
        { Request = typeof(AnnotationRequest), Response = typeof(AnnotationResponse), MaximumBody = AnnotationBody },
        new("POST", "api/campaigns/{campaign}/label-studio/webhook", Webhook, "labelStudioWebhook", "Takes what a Label Studio server tells of annotations.", TakeWebhookAsync)
        { Request = typeof(JsonObject), Success = StatusCodes.Status202Accepted, MaximumBody = WebhookBody },
        new("GET", "api/campaigns/{campaign}/label-studio/tasks", Owner, "readStudioTasks", "The open comparisons as tasks for a Label Studio project.", ReadTasksAsync),
        new("POST", "api/campaigns/{campaign}/label-studio/annotations", Owner, "addStudioAnnotations", "Takes a Label Studio export (JSON) of those tasks.", AddAnnotationsAsync)
        { Response = typeof(AnnotationReport), TakesFile = true, MaximumBody = ExportBody },
        new("GET", "api/campaigns/{campaign}/label-studio/template", Owner, "readStudioTemplate", "A template with a place for all that a ranking says, or the campaign's own.", ReadTemplateAsync)
        { ResponseType = "application/xml" },
    ];

    private static Task<IResult> FrameAsync(RouteContext context)
    {
        EditorFiles.Require();
        return Task.FromResult(PageFiles.Serve("studio/frame/frame.html"));
    }

    private static Task<IResult> EditorAsync(RouteContext context)
    {
        var file = EditorFiles.Get(context.PathValue("path"));
        context.Response.Headers.CacheControl = "no-cache";
        return Task.FromResult(Results.File(file.Path, file.ContentType, entityTag: EntityTagHeaderValue.Parse(file.ETag)));
    }

    private static async Task<IResult> SubmitAsync(RouteContext context) =>
        context.Ok(await context.Get<AnnotationService>().SubmitAsync(
            context.Campaign, context.Invite, context.Comparison, await context.ReadAsync<AnnotationRequest>(), context.Cancellation));

    private static async Task<IResult> TakeWebhookAsync(RouteContext context)
    {
        await context.Get<StudioWebhook>().TakeAsync(context.Campaign, await context.ReadAsync<JsonObject>(), context.Cancellation);
        return Results.Accepted();
    }

    private static async Task<IResult> ReadTasksAsync(RouteContext context)
    {
        var campaign = (await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation)).Id;
        var files = context.Get<StudioFiles>();
        return Results.Stream(stream => files.WriteTasksAsync(campaign, stream, context.Cancellation), "application/json", $"{campaign}-tasks.json");
    }

    private static async Task<IResult> AddAnnotationsAsync(RouteContext context) =>
        context.Ok(await context.Get<StudioFiles>().TakeAsync(context.Campaign, context.Request.Body, context.Cancellation));

    private static async Task<IResult> ReadTemplateAsync(RouteContext context)
    {
        var settings = (await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation)).Settings;
        return Results.Text(settings.LabelTemplate ?? (settings.Answers == 2 ? DefaultTemplates.Pair : DefaultTemplates.Tiers(settings.Answers)), "application/xml");
    }
}
