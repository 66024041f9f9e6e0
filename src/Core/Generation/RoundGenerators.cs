using Rlhf.Campaigns;
using Rlhf.Training;

namespace Rlhf.Generation;

/// <summary>Who writes a round's answers: in the first the campaign's generators; later half of them the policy that the round before tuned.</summary>
public sealed class RoundGenerators(RunStore runs)
{
    /// <summary>The campaign's settings with the round's generators. A round's answers all come from the same run, whatever is trained meanwhile.</summary>
    public async Task<CampaignSettings> ForAsync(Campaign campaign, int round, CancellationToken cancellation = default)
    {
        var settings = campaign.Settings with { Generators = [.. campaign.Settings.Generators.Select(g => g with { Asker = new(campaign.Id) })] };
        if (round <= 1 || settings.Policy is null) return settings;
        var tuned = (await runs.ListAsync(campaign.Id, cancellation)).FirstOrDefault(r => r.Round < round && r.IsTuned);
        return tuned is null ? settings : settings with { Generators = [.. settings.Generators, Half(settings, tuned)] };
    }

    private static GeneratorSettings Half(CampaignSettings settings, Run run) => PolicyName.GeneratorOf(settings, $"tuned-r{run.Round}", run.Results!.Model!) with
    {
        Sampling = Judging.EvaluationStore.SamplingOf(settings),
        Share = settings.Generators.Sum(g => g.Share),
        Asker = new(run.Campaign),
    };
}
