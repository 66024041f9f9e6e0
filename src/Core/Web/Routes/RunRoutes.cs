using Microsoft.AspNetCore.Http;
using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.FineTuning;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

internal static class RunRoutes
{
    private const int MaximumExamples = 8;

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/campaigns/{campaign}/runs", Owner, "listRuns", "The campaign's runs, newest first.", ListAsync) { Response = typeof(RunListResponse) },
        new("POST", "api/campaigns/{campaign}/runs", Owner, "startRun", "Starts a run on what is labeled so far.", StartAsync)
        { Response = typeof(Run), Success = StatusCodes.Status202Accepted },
        new("GET", "api/runs/{run}", Owner, "readRun", "A run: state, figures, verdicts, examples.", ReadAsync) { Response = typeof(RunResponse) },
        new("GET", "api/runs/{run}/metrics", Owner, "readMetrics", "The run's curves.", ReadMetricsAsync) { Response = typeof(MetricsResponse) },
        new("POST", "api/runs/{run}/cancel", Owner, "cancelRun", "Ends the run and stops its job.", CancelAsync) { Response = typeof(Run) },
        new("GET", "api/runs/{run}/report", Owner, "readReport", "The run's self-contained report.", ReadReportAsync) { ResponseType = "text/html" },
        new("POST", "api/runs/{run}/answers", Owner, "compareAnswers", "A message answered by the base and by the tuned model.", AnswerAsync)
        { Request = typeof(ArenaRequest), Response = typeof(ArenaResponse) },
    ];

    private static async Task<IResult> ListAsync(RouteContext context)
    {
        await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation);
        return context.Ok(new RunListResponse(await context.Get<RunService>().ListAsync(context.Campaign, context.Cancellation)));
    }

    private static async Task<IResult> StartAsync(RouteContext context) =>
        context.Ok(await context.Get<RunService>().StartAsync(context.Campaign, cancellation: context.Cancellation));

    private static async Task<IResult> ReadAsync(RouteContext context)
    {
        var runs = context.Get<RunService>();
        var run = await runs.GetAsync(context.Run, context.Cancellation);
        var hasReport = await context.Get<IBlobStore>().FindAsync(ReportPath(run.Id), context.Cancellation) is not null;
        return context.Ok(new RunResponse(run, await runs.GetStatusAsync(run.Id, context.Cancellation), hasReport, await ReadExamplesAsync(context, run.Id),
            await FineTuningRecord.FindAsync(context.Get<IBlobStore>(), run.Id, context.Cancellation) is { } tuning ? FineTuningView.Of(tuning) : null));
    }

    private static async Task<IReadOnlyList<ExampleView>> ReadExamplesAsync(RouteContext context, RunId run)
    {
        var summary = await context.Get<IBlobStore>().ReadJsonAsync<EvaluationSummary>(RunPaths.Evaluation(run), context.Cancellation);
        return [.. (summary?.Examples ?? []).Take(MaximumExamples).Select(e => new ExampleView(e.Messages[^1].Content, e.Base, e.Tuned))];
    }

    private static async Task<IResult> ReadMetricsAsync(RouteContext context) =>
        context.Ok(new MetricsResponse(await context.Get<RunService>().GetMetricsAsync(context.Run, context.Cancellation)));

    private static async Task<IResult> CancelAsync(RouteContext context) =>
        context.Ok(await context.Get<RunService>().CancelAsync(context.Run, context.Cancellation));

    private static async Task<IResult> ReadReportAsync(RouteContext context)
    {
        var report = await context.Get<IBlobStore>().OpenReadAsync(ReportPath(context.Run), context.Cancellation)
            ?? throw new RlhfException("no-report", $"Run '{context.Run}' has no report yet.", "Wait until the run has been judged.", StatusCodes.Status404NotFound);
        return Results.Stream(report.Stream, "text/html; charset=utf-8");
    }

    private static async Task<IResult> AnswerAsync(RouteContext context) =>
        context.Ok(await context.Get<Arena>().AnswerAsync(context.Run, await context.ReadAsync<ArenaRequest>(), context.Cancellation));

    private static string ReportPath(RunId run) => $"runs/{run}/report.html";
}
