using Microsoft.Extensions.DependencyInjection;
using Rlhf.Labeling.Checks;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Ordering;
using Rlhf.Labeling.Quality;
using Rlhf.Labeling.Review;
using Rlhf.Labeling.Serving;

namespace Rlhf.Labeling;

public static class LabelingRegistration
{
    /// <summary>Comparisons, rankings, serving and invites. The host supplies <see cref="ISigningKeys"/>.</summary>
    public static IServiceCollection AddLabeling(this IServiceCollection services)
    {
        services.AddSingleton<OpenStore>();
        services.AddSingleton<RankingStore>();
        services.AddSingleton<ComparisonStore>();
        services.AddSingleton<AnnotatorStore>();
        services.AddSingleton<OpenScan>();
        services.AddSingleton<OverlapReader>();
        services.AddSingleton<ProgressBoard>();
        services.AddSingleton<InviteService>();
        services.AddSingleton<TaskServer>();
        services.AddSingleton<LeaseRenewal>();
        services.AddSingleton<RankingSettlement>();
        services.AddSingleton<RankingService>();
        services.AddSingleton<OwnRankings>();
        services.AddSingleton<GoldStore>();
        services.AddSingleton<GoldService>();
        services.AddSingleton<RepeatStore>();
        services.AddSingleton<Practice>();
        services.AddSingleton<CheckDraw>();
        services.AddSingleton<CheckService>();
        services.AddSingleton<ReviewStore>();
        services.AddSingleton<ReviewService>();
        services.AddSingleton<QualityReader>();
        services.AddSingleton<LeftOutPlaces>();
        services.AddSingleton<Exclusions>();
        services.AddSingleton<FeatureStore>();
        services.AddSingleton<OrderingStands>();
        services.AddSingleton<ComparisonOrdering>();
        return services;
    }
}
