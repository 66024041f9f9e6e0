namespace Rlhf.Orchestrations;

/// <summary>Events are only signals: who gets one looks at the rows, which are the truth. A lost or doubled one changes no result.</summary>
public static class EventNames
{
    /// <summary>To a LabelBatch, by its batch id: the last ranking it waits for is there. No payload.</summary>
    public const string ComparisonsRanked = "ComparisonsRanked";

    /// <summary>To a RunCampaign (by campaign id) or a LabelBatch (by batch id): prompts came, a batch or a run ended, or the owner paused, resumed or cancelled. No payload.</summary>
    public const string CampaignChanged = "CampaignChanged";

    /// <summary>To a TrainPolicy, by run id: its job ended, or the run was cancelled. No payload.</summary>
    public const string RunChanged = "RunChanged";
}
