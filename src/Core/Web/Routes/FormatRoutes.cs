using Microsoft.AspNetCore.Http;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Preferences.Formats;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>A campaign's data out of it, and other data sets into it.</summary>
internal static class FormatRoutes
{
    // Larger files are dropped into the inbox.
    private const long LabelFile = 256L * 1024 * 1024;

    private static readonly QueryParameter Format = new("format", "One of the formats' names; trl where left out.");
    private static readonly QueryParameter OfSplit = new("split", "train, validation or test; all where left out.");

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/formats", Owner, "listFormats", "The formats that data go out and come in with, and what each loses.", ListAsync) { Response = typeof(FormatListResponse) },
        new("GET", "api/campaigns/{campaign}/export", Owner, "exportPairs", "The preference pairs of all rounds, streamed.", ExportAsync)
        { ResponseType = "application/octet-stream", Query = [Format, OfSplit, new("as", "zip: a file a split, README.md and card.json in an archive. One file where left out.")] },
        new("GET", "api/campaigns/{campaign}/export/losses", Owner, "exportLosses", "What an export in a format will not hold of this campaign.", ReadLossesAsync)
        { Response = typeof(ExportLossesResponse), Query = [Format] },
        new("GET", "api/campaigns/{campaign}/card", Owner, "readCard", "The data card of an export as it would be now; of all pairs where no format is named.", ReadCardAsync)
        { Response = typeof(DataCard), Query = [new("format", "One of the formats' names: rows and losses are that file's."), OfSplit, new("as", "markdown: in words.")] },
        new("POST", "api/campaigns/{campaign}/import", Owner, "importLabels", "Takes in a file of comparisons that have been ranked elsewhere.", ImportAsync)
        {
            Response = typeof(IngestReport), TakesFile = true, MaximumBody = LabelFile,
            Query =
            [
                new("name", "File name; its extension says what it is: .jsonl .json .csv .parquet."),
                new("format", "One of the import formats' names; recognised by its content where left out."),
                new("kind", "person, simulated or llm: who ranked, where the file does not say."),
                new("split", "train, validation or test, where the file is one of them and does not say."),
                new("check", "true: reads the file and says what it would bring (an ImportCheck), and keeps nothing."),
            ],
        },
        new("GET", "api/campaigns/{campaign}/imports", Owner, "listImports", "The files of labels that the campaign has taken in.", ListImportsAsync) { Response = typeof(ImportListResponse) },
    ];

    private static Task<IResult> ListAsync(RouteContext context) => Task.FromResult(context.Ok(new FormatListResponse(
        [.. context.Get<ExportFormats>().All.Select(f => f.Info)], [.. context.Get<ImportFormats>().All.Select(f => f.Info)])));

    private static async Task<IResult> ReadLossesAsync(RouteContext context)
    {
        var format = context.Get<ExportFormats>().Get(context.QueryValue("format") ?? ExportFormats.Default);
        return context.Ok(new ExportLossesResponse(format.Info.Name, format.LosesOf(await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation))));
    }

    private static async Task<IResult> ExportAsync(RouteContext context)
    {
        var format = context.QueryValue("format") ?? ExportFormats.Default;
        var split = ReadName<Split>(context, "split");
        if (context.QueryValue("as") is { Length: > 0 } layout)
        {
            if (layout != "zip") throw new RlhfException("invalid-query", $"An export can't come as '{layout}'.", "Ask for as=zip, or leave it out.");
            var archive = await context.Get<ExportBundle>().OpenArchiveAsync(context.Campaign, format, split, context.Cancellation);
            return Results.Stream(stream => archive(stream, context.Cancellation), "application/zip", $"{context.Campaign}-{format}.zip");
        }
        var export = await context.Get<Exporter>().OpenAsync(context.Campaign, format, split, context.Cancellation);
        // A file alone has no place for its card.
        context.Response.Headers.Link = $"<{export.CardReference}>; rel=\"describedby\"; type=\"application/json\"";
        return Results.Stream(stream => export.WriteAsync(stream, context.Cancellation), export.Info.ContentType, export.FileName);
    }

    private static async Task<IResult> ReadCardAsync(RouteContext context)
    {
        var format = context.QueryValue("format") is { Length: > 0 } name ? context.Get<ExportFormats>().Get(name) : null;
        var source = await context.Get<Exporter>().OpenSourceAsync(context.Campaign, context.Cancellation);
        var card = await context.Get<DataCards>().CountAsync(format is null ? source : source.For(format, ReadName<Split>(context, "split")), context.Cancellation);
        return context.QueryValue("as") == "markdown" ? Results.Text(DataCardPage.Render(card, new Dictionary<Split, string>()), "text/markdown; charset=utf-8") : context.Ok(card);
    }

    private static async Task<IResult> ImportAsync(RouteContext context)
    {
        var name = context.QueryValue("name") is { Length: > 0 } given ? InboxFile.SafeName(given) : CampaignRequests.FileNameFor(context.Request.ContentType);
        var options = new ImportOptions(name, context.QueryValue("format") is { Length: > 0 } format ? format : null, ReadName<AnnotatorKind>(context, "kind"), ReadName<Split>(context, "split"));
        if (options.Format is { } named) context.Get<ImportFormats>().Get(named);
        var campaign = await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation);
        return context.QueryValue("check") == "true"
            ? context.Ok(await context.Get<ImportChecker>().CheckAsync(campaign.Settings.Split, context.Request.Body, options, context.Cancellation))
            : context.Ok(await context.Get<CampaignService>().ImportAsync(campaign.Id, context.Request.Body, options, context.Cancellation));
    }

    private static async Task<IResult> ListImportsAsync(RouteContext context)
    {
        var campaign = (await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation)).Id;
        return context.Ok(new ImportListResponse(await context.Get<IngestLog>().ListImportsAsync(campaign, context.Cancellation)));
    }

    /// <exception cref="RlhfException"><c>invalid-query</c>.</exception>
    private static T? ReadName<T>(RouteContext context, string name) where T : struct, Enum => context.QueryValue(name) is not { Length: > 0 } text ? null
        : char.IsAsciiLetter(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var value) ? value
        : throw new RlhfException("invalid-query", $"'{name}={text}' is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}.", $"Give one of them, or leave '{name}' out.");
}
