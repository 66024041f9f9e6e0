using System.Security.Cryptography;
using System.Text;
using Rlhf.Campaigns;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Formats;

/// <summary>Writes the card of an export from what it has written, and of a campaign from what there is.</summary>
public sealed class DataCards(ProgressReader progress, IngestLog ingests, TimeProvider time)
{
    /// <summary>The card of what would be written, or of a whole campaign where it is for no format.</summary>
    public async Task<DataCard> CountAsync(ExportSource source, CancellationToken cancellation = default)
    {
        await source.CountAsync(cancellation);
        return await ReadAsync(source, cancellation);
    }

    /// <param name="source">What has just been written.</param>
    public async Task<DataCard> ReadAsync(ExportSource source, CancellationToken cancellation = default)
    {
        var settings = source.Campaign.Settings;
        var now = time.GetUtcNow();
        var stand = await progress.ReadAsync(settings.Id, cancellation);
        var imports = await ingests.ListImportsAsync(settings.Id, cancellation);
        var counter = await source.CountRankingsAsync(cancellation);
        return new(
            settings.Id, settings.Title, now, source.Format?.Info.Name, source.Format?.LosesOf(source.Campaign) ?? [], stand.Prompts, source.Tally.Splits, source.Tally.Kinds, source.Tally.Generators,
            counter.Rankings, counter.Agreement, GuidelinesOf(settings), RuleOf(source, now), new(stand.ComparisonsDropped, stand.Closed, stand.Identical, source.Tally.Even),
            [.. settings.Generators.Select(g => new CardGenerator(g.Name, g.Kind, g.Model, g.Share, g.Sampling))], [.. imports.Select(i => i.Imported!)])
        {
            Choice = settings.Ordering is null && settings.RankingBudget is null ? null : new(settings.Ordering, settings.RankingBudget),
        };
    }

    private static CardGuidelines GuidelinesOf(CampaignSettings settings) =>
        new(settings.GuidelinesVersion, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(settings.Guidelines))), settings.Guidelines);

    private static CardRule RuleOf(ExportSource source, DateTimeOffset now)
    {
        var settings = source.Campaign.Settings;
        return new(settings.Training.Reward.SoftLabels, settings.UseMargin, settings.Voting, settings.TrainOn, source.Excluded, now, settings.Answers, settings.Overlap, settings.Split, settings.Seed);
    }
}
