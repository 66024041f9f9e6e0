namespace Rlhf.Labeling;

/// <summary>Lets simulated annotators finish what people leave open. Only some hosts can; their rankings are called simulated wherever they count.</summary>
public interface ISimulation
{
    /// <summary>Whether the rule they follow knows the campaign's prompts.</summary>
    bool CanStart(CampaignId campaign);

    /// <summary>Starts them and returns; nothing happens where they are at it already.</summary>
    /// <exception cref="RlhfException">The campaign can't be simulated, e.g. its prompts are none the rule can judge.</exception>
    Task StartAsync(CampaignId campaign, CancellationToken cancellation = default);
}
