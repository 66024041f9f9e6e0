using Microsoft.AspNetCore.Http;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>A campaign's data out of it.</summary>
internal static class FormatRoutes
{
    private static readonly QueryParameter Format = new("format", "One of the formats' names; trl where left out.");
    private static readonly QueryParameter OfSplit = new("split", "train, validation or test; all where left out.");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/formats", Owner, "listFormats", "The formats that pairs go out in, and what each loses.", ListAsync) { Response = typeof(FormatListResponse) },
        new("GET", "api/campaigns/{campaign}/export", Owner, "exportPairs", "The preference pairs of all rounds, streamed.", ExportAsync)
        { ResponseType = "application/octet-stream", Query = [Format, OfSplit] },
    ];

    private static Task<IResult> ListAsync(RouteContext context) =>
        Task.FromResult(context.Ok(new FormatListResponse([.. context.Get<ExportFormats>().All.Select(f => f.Info)])));

    private static async Task<IResult> ExportAsync(RouteContext context)
    {
        var export = await context.Get<Exporter>().OpenAsync(context.Campaign, context.QueryValue("format") ?? ExportFormats.Default, ReadSplit(context), context.Cancellation);
        return Results.Stream(stream => export.WriteAsync(stream, context.Cancellation), export.Info.ContentType, export.FileName);
    }

    private static Split? ReadSplit(RouteContext context) => context.QueryValue("split") is not { Length: > 0 } text ? null
        : Enum.TryParse<Split>(text, ignoreCase: true, out var split) && !char.IsAsciiDigit(text[0]) ? split
        : throw new RlhfException("invalid-split", $"There is no split '{text}'.", "Ask for train, validation or test, or leave it out.");
}
