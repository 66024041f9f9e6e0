using static Rlhf.Campaigns.CampaignOperation;
using static Rlhf.Campaigns.CampaignState;

namespace Rlhf.Campaigns;

/// <summary>What may happen to a campaign. <see cref="Complete"/> and <see cref="Judge"/> come from the pipeline itself; the rest from its owner.</summary>
public enum CampaignOperation { Pause, Resume, Cancel, AddPrompts, Train, Judge, Complete, Close, ChangeSettings }

/// <summary>The one table through which a campaign's state moves.</summary>
public static class CampaignTransitions
{
    private static readonly TransitionTable<CampaignState, CampaignOperation> Table = new(new Dictionary<(CampaignState, CampaignOperation), CampaignState>
    {
        [(Active, Pause)] = Paused,
        [(Paused, Pause)] = Paused,
        [(Paused, Resume)] = Active,
        [(Active, Resume)] = Active,
        [(Active, Cancel)] = Cancelled,
        [(Paused, Cancel)] = Cancelled,
        [(Completed, Cancel)] = Cancelled,
        [(Cancelled, Cancel)] = Cancelled,
        [(Active, AddPrompts)] = Active,
        [(Paused, AddPrompts)] = Paused,
        [(Completed, AddPrompts)] = Active,
        [(Active, Close)] = Active,
        [(Paused, Close)] = Paused,
        [(Completed, Close)] = Completed,
        [(Active, ChangeSettings)] = Active,
        [(Paused, ChangeSettings)] = Paused,
        [(Completed, ChangeSettings)] = Completed,
        [(Active, Train)] = Active,
        [(Paused, Train)] = Paused,
        [(Completed, Train)] = Completed,
        [(Active, Judge)] = Active,
        [(Paused, Judge)] = Paused,
        [(Completed, Judge)] = Active,
        [(Active, Complete)] = Completed,
        [(Completed, Complete)] = Completed,
    });

    public static bool Allows(CampaignState from, CampaignOperation operation) => Table.Allows(from, operation);

    /// <summary>The campaign after the operation.</summary>
    /// <param name="reason">Kept on the row for a person; an operation that changes the state drops the old one.</param>
    /// <param name="trouble">Where it is the pipeline itself that pauses; it goes as <paramref name="reason"/> does.</param>
    /// <exception cref="IllegalTransitionException">The campaign's state does not allow it.</exception>
    public static Campaign Apply(Campaign campaign, CampaignOperation operation, string? reason = null, CampaignTrouble? trouble = null)
    {
        var to = Table.Move($"The campaign '{campaign.Id}'", campaign.State, operation, Remedy(campaign.State));
        var stays = to == campaign.State;
        return campaign with
        {
            State = to,
            Reason = reason ?? (stays ? campaign.Reason : null),
            Trouble = trouble ?? (stays ? campaign.Trouble : null),
            ClosedAt = operation == AddPrompts ? null : campaign.ClosedAt,
        };
    }

    private static string Remedy(CampaignState from) => from switch
    {
        Cancelled => "A cancelled campaign stays cancelled; create another one with the same prompts.",
        Completed => "Add prompts to run it again.",
        _ => "Resume the campaign first.",
    };
}
