using Microsoft.AspNetCore.Http;
using Rlhf.Campaigns;
using Rlhf.Labeling.Ordering;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

/// <summary>Which comparisons are asked first, and how many are asked at all; both are settings.</summary>
internal static class OrderingRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("GET", "api/campaigns/{campaign}/ordering", Owner, "readOrdering", "Which comparisons are asked first, how good the heads are that say so, and how much of the ranking budget is spent.", ReadAsync)
        { Response = typeof(OrderingView) },
    ];

    private static async Task<IResult> ReadAsync(RouteContext context)
    {
        var campaign = await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation);
        return context.Ok(new OrderingView(campaign.Settings.Ordering, campaign.Settings.RankingBudget, await context.Get<OrderingStands>().ReadAsync(campaign.Id, context.Cancellation)));
    }
}
