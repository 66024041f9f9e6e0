using System.Net;
using System.Net.Http.Json;
using Rlhf.Campaigns;
using Rlhf.Json;
using Rlhf.Local.Tests.Labeling;
using Rlhf.Orchestrations;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Web;

public sealed class OrderingRouteTests
{
    private const string Base = "api/campaigns/support";

    [Fact]
    public async Task Create_WithAnOrderAndABudget_IsReadBack()
    {
        await using var host = await WebHost.StartAsync();
        using var owner = host.Owner();
        using var created = await CreateAsync(owner, new { by = "disagreement", randomShare = 0.5 });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var view = (await owner.GetFromJsonAsync<OrderingView>($"{Base}/ordering", RlhfJson.Options))!;
        Assert.Equal(new OrderingSettings(RandomShare: 0.5), view.Ordering);
        Assert.Equal((1_500, 0, 0), (view.RankingBudget, view.Stand.Rankings, view.Stand.Ordered));
    }

    [Fact]
    public async Task Create_WithAShareThatIsNone_NamesTheField()
    {
        await using var host = await WebHost.StartAsync();
        using var owner = host.Owner();
        using var refused = await CreateAsync(owner, new { randomShare = 2 });
        Assert.Contains("ordering.randomShare", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await RankingTests.AssertProblemAsync(refused, HttpStatusCode.BadRequest, "invalid-settings");
    }

    [Fact]
    public async Task Change_OfTheSettings_HasTheCampaignFollowed()
    {
        await using var host = await WebHost.StartAsync();
        using var owner = host.Owner();
        await host.PublishAsync(count: 3);
        using var changed = await owner.PatchAsJsonAsync($"{Base}/settings", new { ordering = new { by = "random" }, rankingBudget = 40 }, RlhfJson.Options);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        var view = (await owner.GetFromJsonAsync<OrderingView>($"{Base}/ordering", RlhfJson.Options))!;
        Assert.Equal((OrderingRule.Random, 40), (view.Ordering!.By, view.RankingBudget));
        Assert.Contains(OrderCampaignInput.InstanceOf(WebHost.Campaign), host.Orchestrations.Scheduled);

        using var off = await owner.PatchAsJsonAsync($"{Base}/settings", new { ordering = (object?)null, rankingBudget = (int?)null });
        Assert.Equal(HttpStatusCode.OK, off.StatusCode);
        Assert.False((await host.Get<CampaignStore>().GetAsync(WebHost.Campaign)).Settings.IsFollowed);
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient owner, object ordering) =>
        owner.PostAsJsonAsync("api/campaigns", new { title = "Support", id = "support", policy = "file:models/none", ordering, rankingBudget = 1_500 }, RlhfJson.Options);
}
