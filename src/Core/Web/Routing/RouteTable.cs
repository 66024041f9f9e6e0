using Rlhf.Web.Routes;

namespace Rlhf.Web.Routing;

/// <summary>Every route of every host. What is not here is not served.</summary>
public static class RouteTable
{
    public static IReadOnlyList<ApiRoute> All { get; } =
        [
            .. SystemRoutes.All, .. CampaignRoutes.All, .. SettingsRoutes.All, .. FormatRoutes.All, .. LlmJudgeRoutes.All, .. OrderingRoutes.All, .. LabelingRoutes.All, .. InviteRoutes.All, .. QualityRoutes.All, .. RunRoutes.All,
            .. LabelStudioRoutes.All, .. PageRoutes.All,
        ];
}
