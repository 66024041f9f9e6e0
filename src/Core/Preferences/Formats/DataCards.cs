using System.Security.Cryptography;
using System.Text;
using Rlhf.Campaigns;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>Writes the card of an export from what it has written, and of a campaign from what there is.</summary>
public sealed class DataCards(ProgressReader progress, IngestLog ingests, TimeProvider time)
{
    /// <summary>The card of a whole campaign, whatever its format would be.</summary>
    public async Task<DataCard> ReadAsync(ExportSource source, CancellationToken cancellation = default)
    {
        await foreach (var _ in source.PairsAsync(cancellation))
        {
        }
        return await ReadAsync(source, null, cancellation);
    }

    /// <param name="format">What <paramref name="source"/> has just been written in.</param>
    public async Task<DataCard> ReadAsync(ExportSource source, FormatInfo? format, CancellationToken cancellation = default)
    {
        var settings = source.Campaign.Settings;
        var now = time.GetUtcNow();
        var stand = await progress.ReadAsync(settings.Id, cancellation);
        var imports = await ingests.ListImportsAsync(settings.Id, cancellation);
        return new(
            settings.Id, settings.Title, now, format?.Name, format?.Loses ?? [], stand.Prompts, source.Tally.Splits, source.Tally.Kinds, source.Tally.Generators,
            RankingsOf(stand, settings), new(stand.Agreement, stand.Alpha), GuidelinesOf(settings), RuleOf(source, now), new(stand.ComparisonsDropped, stand.Closed, stand.Identical, source.Tally.Even),
            [.. settings.Generators.Select(g => new CardGenerator(g.Name, g.Kind, g.Model, g.Share, g.Sampling))], [.. imports.Select(i => i.Imported!)])
        {
            Choice = settings.Ordering is null && settings.RankingBudget is null ? null : new(settings.Ordering, settings.RankingBudget),
        };
    }

    private static CardRankings RankingsOf(CampaignProgress stand, CampaignSettings settings)
    {
        var taken = stand.Rankings.ToLookup(r => settings.TrainOn.Contains(r.Key));
        return new(taken[true].ToDictionary(), taken[false].ToDictionary(), stand.Imported, stand.Ties, stand.BothBad, stand.Skips);
    }

    private static CardGuidelines GuidelinesOf(CampaignSettings settings) =>
        new(settings.GuidelinesVersion, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings.Guidelines))), settings.Guidelines);

    private static CardRule RuleOf(ExportSource source, DateTimeOffset now)
    {
        var settings = source.Campaign.Settings;
        return new(settings.Training.Reward.SoftLabels, settings.UseMargin, settings.Voting, settings.TrainOn, source.Excluded, now, settings.Answers, settings.Overlap, settings.Split, settings.Seed);
    }
}
