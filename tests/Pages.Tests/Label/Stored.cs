using Rlhf.Labeling;
using Rlhf.Local.Tests.Web;

namespace Rlhf.Pages.Tests;

/// <summary>What reached the server.</summary>
internal static class Stored
{
    public static BatchId Batch { get; } = BatchId.For(WebHost.Campaign, 1, 1);

    /// <summary>The rankings, once there are so many and one of them is as wanted.</summary>
    public static async Task<IReadOnlyList<Ranking>> RankingsAsync(WebHost host, int count, Func<Ranking, bool>? until = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (true)
        {
            var rankings = await host.Get<RankingStore>().ReadBatchAsync(Batch, limit.Token);
            if (rankings.Count >= count && (until is null || rankings.Any(until))) return rankings;
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public static async Task<string> TextOfAsync(WebHost host, ComparisonId comparison, string answer) =>
        (await host.Get<ComparisonStore>().GetAsync(WebHost.Campaign, Batch, comparison)).Answers.Single(a => a.Id == answer).Text;

    /// <summary>A campaign whose only batch holds these comparisons.</summary>
    public static async Task PublishAsync(WebHost host, Rlhf.Campaigns.LabelFormSettings form, params Comparison[] comparisons)
    {
        await host.PublishAsync(count: 0, batch: 2, form: form);
        await host.Get<ComparisonStore>().PublishAsync(WebHost.Campaign, Batch, comparisons);
    }
}
