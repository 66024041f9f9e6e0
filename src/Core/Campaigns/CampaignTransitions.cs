using static Rlhf.Campaigns.CampaignOperation;
using static Rlhf.Campaigns.CampaignState;

namespace Rlhf.Campaigns;

/// <summary>What may happen to a campaign. Only <see cref="Complete"/> comes from the pipeline itself; the rest from its owner.</summary>
public enum CampaignOperation { Pause, Resume, Cancel, AddPrompts, Train, Complete }

/// <summary>The one table through which a campaign's state moves.</summary>
public static class CampaignTransitions
{
    /// <remarks>An operation that arrives twice (a retried POST, a doubled signal) finds its own target state and stays there.</remarks>
    private static readonly Dictionary<(CampaignState From, CampaignOperation Operation), CampaignState> Table = new()
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
        [(Active, Train)] = Active,
        [(Paused, Train)] = Paused,
        [(Completed, Train)] = Completed,
        [(Active, Complete)] = Completed,
        [(Completed, Complete)] = Completed,
    };

    private static readonly Dictionary<CampaignOperation, CampaignState> Targets = new()
    {
        [Pause] = Paused,
        [Resume] = Active,
        [Cancel] = Cancelled,
        [AddPrompts] = Active,
        [Train] = Active,
        [Complete] = Completed,
    };

    public static bool Allows(CampaignState from, CampaignOperation operation) => Table.ContainsKey((from, operation));

    /// <summary>The campaign after the operation.</summary>
    /// <param name="reason">Kept on the row for a person; an operation that changes the state drops the old one.</param>
    /// <exception cref="IllegalTransitionException">The campaign's state does not allow it.</exception>
    public static Campaign Apply(Campaign campaign, CampaignOperation operation, string? reason = null)
    {
        if (!Table.TryGetValue((campaign.State, operation), out var to))
            throw new IllegalTransitionException(
                $"The campaign '{campaign.Id}'", Name(campaign.State), Name(Targets[operation]), Name(operation), Remedy(campaign.State));
        return to == campaign.State
            ? campaign with { Reason = reason ?? campaign.Reason }
            : campaign with { State = to, Reason = reason };
    }

    private static string Remedy(CampaignState from) => from switch
    {
        Cancelled => "A cancelled campaign stays cancelled; create another one with the same prompts.",
        Completed => "Add prompts to run it again.",
        Paused => "Resume the campaign first.",
        _ => "Look at the campaign's page for what it is doing.",
    };

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
