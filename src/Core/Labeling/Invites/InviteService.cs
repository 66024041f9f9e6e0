using System.Collections.Concurrent;
using System.Security.Cryptography;
using Rlhf.Storage;

namespace Rlhf.Labeling.Invites;

/// <summary>An annotator's row in table <c>invites</c>: partition = campaign, row = annotator. The token itself is not kept.</summary>
public sealed record Invite(AnnotatorId Annotator, AnnotatorKind Kind, string? Name, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt = null)
{
    /// <summary>Since when the annotator is asked nothing; rankings already made stay, and what was served may be handed in.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>When the annotator first asked for a task; null before.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>Decides what annotators disagree about, instead of ranking with them.</summary>
    public bool IsReviewer { get; init; }

    /// <summary>Which tokens count: those that say the same. One more each time a revoked invite is renewed, so that what was revoked stays so.</summary>
    public int Generation { get; init; }

    public bool IsActive(DateTimeOffset now) => RevokedAt is null && ExpiresAt > now;

    /// <summary>Whether comparisons go to this annotator.</summary>
    public bool IsAsked(DateTimeOffset now) => IsActive(now) && PausedAt is null;
}

/// <summary>Makes, checks, lists and revokes invites.</summary>
public sealed class InviteService(ITableStore tables, ISigningKeys keys, TimeProvider time)
{
    public const string Table = "invites";

    /// <summary>How long a process may trust what it read: a revocation made elsewhere is noticed within this.</summary>
    public static readonly TimeSpan TrustFor = TimeSpan.FromSeconds(10);

    private const int MaximumNameLength = 80;
    public const int MaximumDays = 365;

    private readonly ConcurrentDictionary<(CampaignId, AnnotatorId), (Invite? Invite, DateTimeOffset ReadAt)> recent = new();

    /// <summary>Makes an invite, or renews the one of the same annotator; its kind can't change. A revoked one is valid again, with the new token alone; otherwise tokens made before go on until they expire.</summary>
    /// <returns>The invite as it is now.</returns>
    /// <exception cref="RlhfException"><c>invalid-invite</c> or <c>annotator-kind-fixed</c>.</exception>
    public async Task<(Invite Invite, string Token)> CreateAsync(
        CampaignId campaign, AnnotatorKind kind, string? name, TimeSpan validFor, AnnotatorId? annotator = null, bool isReviewer = false, CancellationToken cancellation = default)
    {
        Check(name, validFor);
        if (isReviewer && kind != AnnotatorKind.Person)
            throw new RlhfException("invalid-invite", $"A reviewer can't be of kind {kind}.", "Invite a person as the reviewer.");
        var now = time.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + validFor).ToUnixTimeSeconds());
        var invite = new Invite(annotator ?? NewAnnotator(), kind, name, now, expires) { IsReviewer = isReviewer };
        if (await tables.TryInsertAsync(Table, campaign.Value, invite.Annotator.Value, invite, cancellation) is null)
            invite = await ChangeAsync(campaign, invite.Annotator, existing => Renewed(existing, invite), cancellation);
        recent.TryRemove((campaign, invite.Annotator), out _);
        return (invite, new InviteToken(campaign, invite.Annotator, expires, invite.Generation).Sign(keys.Current));
    }

    /// <summary>A validity in days as somebody sent it.</summary>
    /// <exception cref="RlhfException"><c>invalid-invite</c>: more than a time span can hold, too.</exception>
    public static TimeSpan ValidDays(int days) => days is >= 1 and <= MaximumDays ? TimeSpan.FromDays(days) : throw NotValidFor(days);

    /// <summary>The invite behind a token, for the campaign it is used on.</summary>
    /// <exception cref="RlhfException"><c>invite-invalid</c>, <c>invite-foreign</c>, <c>invite-expired</c> or <c>invite-revoked</c>.</exception>
    public async Task<Invite> AuthenticateAsync(CampaignId campaign, string? token, CancellationToken cancellation = default)
    {
        const string Remedy = "Ask whoever runs the campaign for a new link.";
        var read = InviteToken.Read(token ?? "", keys) ?? throw new RlhfException("invite-invalid", "This is not a valid invite.", "Open the form with the whole link that you were sent.", 401);
        if (read.Campaign != campaign) throw new RlhfException("invite-foreign", "This invite is for another campaign.", Remedy, 403);
        var invite = await FindAsync(campaign, read.Annotator, cancellation);
        if (invite is null || invite.RevokedAt is not null || read.Generation != invite.Generation) throw new RlhfException("invite-revoked", "This invite has been revoked.", Remedy, 401);
        if (read.ExpiresAt <= time.GetUtcNow()) throw new RlhfException("invite-expired", $"This invite expired on {read.ExpiresAt:yyyy-MM-dd}.", Remedy, 401);
        return invite;
    }

    public async Task<IReadOnlyList<Invite>> ListAsync(CampaignId campaign, CancellationToken cancellation = default)
    {
        var invites = new List<Invite>();
        await foreach (var row in tables.QueryAsync(Table, campaign.Value, cancellation: cancellation)) invites.Add(row.ReadBody<Invite>());
        return invites;
    }

    /// <summary>Takes effect at once here, and within <see cref="TrustFor"/> in other processes. Rankings already made stay.</summary>
    /// <exception cref="RlhfException"><c>no-such-invite</c>.</exception>
    public async Task RevokeAsync(CampaignId campaign, AnnotatorId annotator, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        await ChangeAsync(campaign, annotator, invite => invite with { RevokedAt = invite.RevokedAt ?? now }, cancellation);
        recent.TryRemove((campaign, annotator), out _);
    }

    /// <summary>Asks the annotator nothing more, or goes on asking. Takes effect as a revocation does.</summary>
    /// <exception cref="RlhfException"><c>no-such-invite</c>.</exception>
    public async Task SetPausedAsync(CampaignId campaign, AnnotatorId annotator, bool isPaused, CancellationToken cancellation = default)
    {
        var now = time.GetUtcNow();
        await ChangeAsync(campaign, annotator, invite => invite with { PausedAt = isPaused ? invite.PausedAt ?? now : null }, cancellation);
        recent.TryRemove((campaign, annotator), out _);
    }

    /// <summary>The annotator asked for a task. Written the first time only.</summary>
    public async Task NoteSeenAsync(CampaignId campaign, Invite invite, CancellationToken cancellation = default)
    {
        if (invite.SeenAt is not null) return;
        var now = time.GetUtcNow();
        await ChangeAsync(campaign, invite.Annotator, i => i with { SeenAt = i.SeenAt ?? now }, cancellation);
        recent.TryRemove((campaign, invite.Annotator), out _);
    }

    private async Task<Invite?> FindAsync(CampaignId campaign, AnnotatorId annotator, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (recent.TryGetValue((campaign, annotator), out var known) && now - known.ReadAt < TrustFor) return known.Invite;
        var invite = (await tables.FindAsync(Table, campaign.Value, annotator.Value, cancellation))?.ReadBody<Invite>();
        recent[(campaign, annotator)] = (invite, now);
        return invite;
    }

    /// <returns>As it is now.</returns>
    private async Task<Invite> ChangeAsync(CampaignId campaign, AnnotatorId annotator, Func<Invite, Invite> change, CancellationToken cancellation)
    {
        while (true)
        {
            var row = await tables.FindAsync(Table, campaign.Value, annotator.Value, cancellation)
                ?? throw new RlhfException("no-such-invite", $"Campaign '{campaign}' has no annotator '{annotator}'.", "Look the annotator up in the list of invites.", 404);
            var changed = change(row.ReadBody<Invite>());
            if (await tables.TryReplaceAsync(Table, campaign.Value, annotator.Value, changed, row.ETag, cancellation) is not null) return changed;
        }
    }

    private static Invite Renewed(Invite existing, Invite invite) => existing.IsReviewer != invite.IsReviewer
        ? throw new RlhfException("annotator-role-fixed", $"Annotator '{existing.Annotator}' {(existing.IsReviewer ? "reviews" : "ranks")}, and whoever does one can't do the other.", "Invite under another id.", 409)
        : existing.Kind == invite.Kind
        ? existing with
        {
            Name = invite.Name ?? existing.Name,
            ExpiresAt = invite.ExpiresAt,
            RevokedAt = null,
            Generation = existing.Generation + (existing.RevokedAt is null ? 0 : 1),
        }
        : throw new RlhfException("annotator-kind-fixed", $"Annotator '{existing.Annotator}' is of kind {existing.Kind}, not {invite.Kind}.", "Invite under another id: rankings keep the kind they were made with.", 409);

    private static void Check(string? name, TimeSpan validFor)
    {
        if (name is { Length: > MaximumNameLength }) throw new RlhfException("invalid-invite", $"A name of {name.Length} characters is too long.", $"Give at most {MaximumNameLength} characters.");
        if (validFor <= TimeSpan.Zero || validFor > TimeSpan.FromDays(MaximumDays)) throw NotValidFor(validFor.TotalDays);
    }

    private static RlhfException NotValidFor(double days) => new("invalid-invite", $"An invite can't be valid for {days:0.##} days.", $"Choose 1 to {MaximumDays} days.");

    private static AnnotatorId NewAnnotator() => AnnotatorId.From("a" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
}
