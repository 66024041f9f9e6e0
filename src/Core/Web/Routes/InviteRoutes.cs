using Microsoft.AspNetCore.Http;
using Rlhf.Campaigns;
using Rlhf.Labeling.Invites;
using Rlhf.Web.Contracts;
using Rlhf.Web.Routing;
using static Rlhf.Web.AccessPolicy;

namespace Rlhf.Web.Routes;

internal static class InviteRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new("POST", "api/campaigns/{campaign}/invites", Owner, "createInvite", "Invites an annotator, or renews an invite; the token is shown once.", CreateAsync)
        { Request = typeof(InviteRequest), Response = typeof(InviteResponse), Success = StatusCodes.Status201Created },
        new("GET", "api/campaigns/{campaign}/invites", Owner, "listInvites", "Who has been invited.", ListAsync)
        { Response = typeof(InviteListResponse) },
        new("DELETE", "api/campaigns/{campaign}/invites/{annotator}", Owner, "revokeInvite", "Ends an invite; rankings already made stay.", RevokeAsync)
        { Success = StatusCodes.Status204NoContent },
    ];

    private static async Task<IResult> CreateAsync(RouteContext context)
    {
        var request = await context.ReadAsync<InviteRequest>();
        await context.Get<CampaignStore>().GetAsync(context.Campaign, context.Cancellation);
        var (invite, token) = await context.Get<InviteService>().CreateAsync(
            context.Campaign, request.Kind, request.Name, InviteService.ValidDays(request.ValidDays), request.Annotator, request.Reviewer, context.Cancellation);
        var address = context.Get<WebOptions>().PublicAddress ?? new Uri($"{context.Request.Scheme}://{context.Request.Host}");
        return context.Ok(new InviteResponse(invite.Annotator, invite.Kind, token, InviteLink.For(address, token), invite.ExpiresAt));
    }

    private static async Task<IResult> ListAsync(RouteContext context)
    {
        var now = context.Get<TimeProvider>().GetUtcNow();
        var invites = await context.Get<InviteService>().ListAsync(context.Campaign, context.Cancellation);
        return context.Ok(new InviteListResponse([.. invites.Select(i => View(i, now))]));
    }

    private static async Task<IResult> RevokeAsync(RouteContext context)
    {
        await context.Get<InviteService>().RevokeAsync(context.Campaign, context.Annotator, context.Cancellation);
        return Results.NoContent();
    }

    private static InviteView View(Invite invite, DateTimeOffset now)
    {
        var state = invite.RevokedAt is not null ? InviteState.Revoked : invite.IsActive(now) ? InviteState.Active : InviteState.Expired;
        return new(invite.Annotator, invite.Kind, invite.Name, invite.CreatedAt, invite.ExpiresAt, state) { Reviewer = invite.IsReviewer };
    }
}
