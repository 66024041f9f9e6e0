using Rlhf.Generation;

namespace Rlhf.Campaigns;

public enum OrderingRule
{
    /// <summary>In an order drawn by comparisons' ids, whatever batch they are of.</summary>
    Random,

    /// <summary>What an ensemble of small reward models, fitted on the rankings so far, differs most about comes first.</summary>
    Disagreement,
}

/// <summary>Which comparisons are asked first. It matters only where people will not rank all that is open: beside <see cref="CampaignSettings.RankingBudget"/>, or where the owner closes the labeling.</summary>
/// <param name="RandomShare">0..1 of the train comparisons keep their random place. Validation and test comparisons always do.</param>
/// <param name="Members">Heads of the ensemble: 2..64.</param>
/// <param name="Pool">Comparisons that are open at a time to choose from; batches are opened until there are so many, whatever <see cref="CampaignSettings.OpenBatches"/> says.</param>
/// <param name="Model">Language model whose features the heads are fitted on: <c>file:</c> folder or blob prefix with <c>model.onnx</c>. Null: the policy, or the campaign's first generator that is such a model.</param>
public sealed record OrderingSettings(OrderingRule By = OrderingRule.Disagreement, double RandomShare = 0.25, int Members = 8, int Pool = 2_000, string? Model = null)
{
    /// <summary>The model whose features are read; null where neither this nor the campaign has one.</summary>
    public string? ModelOf(CampaignSettings settings) =>
        Model ?? (PolicyName.IsDeployment(settings.Policy) ? null : settings.Policy) ?? settings.Generators.FirstOrDefault(g => g.Kind == GeneratorKind.Onnx)?.Model;
}
