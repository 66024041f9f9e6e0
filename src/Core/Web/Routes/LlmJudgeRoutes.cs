using Microsoft.AspNetCore.Http;
using Rlhf.Judging.Llm;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>The language model that judges beside people.</summary>
internal static class LlmJudgeRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/campaigns/{campaign}/llm-judge", Owner, "readLlmJudge", "What the campaign's language model has judged, how consistent it is, its biases, and how far it agrees with people.", ReadAsync)
        { Response = typeof(PreRankingStand) },
        new("POST", "api/campaigns/{campaign}/llm-judge", Owner, "startLlmJudge", "Has the language model judge what it has not judged yet, each two answers in both orders.", StartAsync)
        { Success = StatusCodes.Status202Accepted, Query = [new("imported", "true: comparisons that came ranked in files too, to see how it agrees with the people behind them.")] },
    ];

    private static async Task<IResult> ReadAsync(RouteContext context) =>
        context.Ok(await context.Get<PreRanking>().ReadAsync(context.Campaign, context.Cancellation));

    private static async Task<IResult> StartAsync(RouteContext context)
    {
        await context.Get<PreRanking>().StartAsync(context.Campaign, context.QueryValue("imported") == "true", context.Cancellation);
        return Results.Accepted();
    }
}
