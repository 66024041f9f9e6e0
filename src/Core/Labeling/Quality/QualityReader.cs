using System.Collections.Concurrent;
using Rlhf.Campaigns;
using Rlhf.Judging;
using Rlhf.Labeling.Agreement;
using Rlhf.Labeling.Checks;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Review;
using Rlhf.Preferences;
using Rlhf.Web.Contracts;

namespace Rlhf.Labeling.Quality;

/// <summary>Reads a campaign's rankings into its figures of quality. All rankings are read, so what was found holds for a while: the longer it took, the longer.</summary>
public sealed class QualityReader(
    CampaignStore campaigns, BatchStore batches, ComparisonStore comparisons, RankingStore rankings, InviteService invites, GoldStore gold, RepeatStore repeats,
    ReviewStore reviews, Practice practice, TimeProvider time)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);

    /// <summary>At most a twentieth of a processor goes into looking again and again.</summary>
    private const int TimesItTook = 20;

    private readonly ConcurrentDictionary<CampaignId, Entry> entries = new();

    /// <exception cref="RlhfException"><c>campaign-not-found</c>.</exception>
    public async Task<QualityResponse> ReadAsync(CampaignId id, CancellationToken cancellation = default)
    {
        var campaign = await campaigns.GetAsync(id, cancellation);
        var figures = await FiguresAsync(campaign, cancellation);
        var known = (await invites.ListAsync(id, cancellation)).ToDictionary(i => i.Annotator);
        var annotators = new List<AnnotatorView>();
        foreach (var of in figures.Annotators)
        {
            var invite = known.GetValueOrDefault(of.Annotator);
            annotators.Add(new(of, invite?.Name, invite?.PausedAt, campaign.ExcludedAnnotators.Contains(of.Annotator))
            {
                // Who has ranked anything is past it.
                FailedPractice = of is { Kind: AnnotatorKind.Person, Rankings: 0 } ? await practice.FindFailedAsync(campaign, of.Annotator, cancellation) : null,
            });
        }
        return new(figures.Agreement, figures.Generators, annotators, campaign.Settings.Voting, await reviews.CountAsync(id, cancellation), figures.At);
    }

    private async Task<Figures> FiguresAsync(Campaign campaign, CancellationToken cancellation)
    {
        var options = PairStore.OptionsFor(campaign);
        var rule = string.Join(' ', options.TrainOn.Select(k => k.ToString()).Concat(options.Excluded.Select(a => a.Value)).Append($"{campaign.Settings.Checks.ConcernBelow}"));
        var entry = entries.GetOrAdd(campaign.Id, _ => new());
        await entry.Gate.WaitAsync(cancellation);
        try
        {
            if (entry.Figures is { } known && entry.Rule == rule && time.GetUtcNow() < entry.FreshUntil) return known;
            var begun = time.GetTimestamp();
            var figures = await ComputeAsync(campaign, options, cancellation);
            var lasts = time.GetElapsedTime(begun) * TimesItTook;
            (entry.Figures, entry.Rule, entry.FreshUntil) = (figures, rule, time.GetUtcNow() + (lasts > FreshFor ? lasts : FreshFor));
            return figures;
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    private async Task<Figures> ComputeAsync(Campaign campaign, PairOptions options, CancellationToken cancellation)
    {
        var tally = new QualityTally(r => PairRules.Counts(r, options), campaign.Settings.Checks.ConcernBelow);
        var standings = new GeneratorStandings(campaign.Settings.Form.ManyAnswers);
        var limits = OverlapLimits.OfEnded(campaign);
        var counted = new List<Ranking>();
        foreach (var batch in await batches.ListAsync(campaign.Id, cancellation))
        {
            if (await comparisons.FindPublishedAsync(campaign.Id, batch.Id, cancellation) is null) continue;
            var published = limits.Of(await comparisons.ReadBatchAsync(campaign.Id, batch.Id, cancellation));
            var ranked = await rankings.ReadBatchAsync(batch.Id, cancellation);
            tally.Add(published, ranked);
            if (batch.Kind != ComparisonKind.Ordinary) continue;
            counted.AddRange(FirstAsked.Of(published, ranked).Where(r => PairRules.Counts(r, options)));
            var byComparison = ranked.Where(r => PairRules.Counts(r, options)).ToLookup(r => r.Comparison);
            foreach (var comparison in published) standings.Add(comparison, byComparison[comparison.Id]);
        }
        foreach (var item in await gold.ListAsync(campaign.Id, cancellation))
            tally.Add(await comparisons.ReadBatchAsync(campaign.Id, item.Batch, cancellation), await rankings.ReadBatchAsync(item.Batch, cancellation));
        await AddRestAsync(tally, campaign.Id, cancellation);
        return new(AgreementFigures.Of(counted, campaign.Settings.Seed, LabelFormRules.MaximumStrength(campaign.Settings.Form)), standings.Rank(campaign.Settings.Seed), tally.Figures(), time.GetUtcNow());
    }

    /// <summary>Repeats, and the time that went into gold which was taken away since.</summary>
    private async Task AddRestAsync(QualityTally tally, CampaignId campaign, CancellationToken cancellation)
    {
        foreach (var item in await gold.ListRemovedAsync(campaign, cancellation))
            foreach (var ranking in await rankings.ReadBatchAsync(item.Batch, cancellation)) tally.AddActive(ranking.Annotator, ranking.AnnotatorKind, ranking.ActiveTime);
        foreach (var repeat in await repeats.ListAsync(campaign, cancellation))
        {
            if (repeat.IsSame is { } isSame) tally.AddRepeat(repeat.Annotator, repeat.Kind, isSame);
            // Rows of earlier versions don't say it.
            var active = repeat.ActiveTime ?? (await rankings.ReadBatchAsync(repeat.Batch, cancellation)).FirstOrDefault()?.ActiveTime;
            if (active is not null) tally.AddActive(repeat.Annotator, repeat.Kind, active);
        }
    }

    private sealed record Figures(AgreementFigures Agreement, IReadOnlyList<GeneratorStanding> Generators, IReadOnlyList<AnnotatorFigures> Annotators, DateTimeOffset At);

    private sealed class Entry
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public Figures? Figures { get; set; }

        public string Rule { get; set; } = "";

        public DateTimeOffset FreshUntil { get; set; }
    }
}
