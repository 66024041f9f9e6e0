using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Rlhf.LabelStudio.Editor;
using Rlhf.Web.Contracts;
using Rlhf.Web.Pages;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>Label Studio's editor for campaigns with a label template, and what comes and goes in Label Studio's own shapes.</summary>
internal static class LabelStudioRoutes
{
    private const long AnnotationBody = 64 * 1024;

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
}
