using Rlhf.Labeling;
using Rlhf.Labeling.Invites;
using Rlhf.Local.Tests.Web;

namespace Rlhf.Pages.Tests;

/// <summary>Rankings as some people leave them: Ada and Chioma take care, Ben hurries and prefers what stands at the left.</summary>
internal static class SampleRankings
{
    public static async Task WriteAsync(WebHost host, IReadOnlyList<Comparison> comparisons)
    {
        foreach (var name in new[] { "Ada", "Ben", "Chioma" }) await host.Get<InviteService>().CreateAsync(WebHost.Campaign, AnnotatorKind.Person, name, TimeSpan.FromDays(30), Id(name));
        for (var i = 0; i < comparisons.Count; i++)
        {
            await RankAsync(host, comparisons[i], "Ada", i, i % 5 == 0 ? "b" : "a", 14 + i % 7);
            await RankAsync(host, comparisons[i], "Chioma", i, i % 5 == 0 || i % 9 == 0 ? "b" : "a", 11 + i % 4);
            await RankAsync(host, comparisons[i], "Ben", i, i % 7 == 6 ? "a" : Left(i), 2 + i % 3);
        }
    }

    private static string Left(int number) => number % 3 == 0 ? "b" : "a";

    private static async Task RankAsync(WebHost host, Comparison comparison, string name, int number, string best, int seconds)
    {
        string[] shown = Left(number) == "a" ? ["a", "b"] : ["b", "a"];
        await host.Get<RankingStore>().TryInsertAsync(new(comparison.Id, comparison.Batch, Id(name), AnnotatorKind.Person, RankingOutcome.Ranked,
            number % 13 == 12 ? [["a", "b"]] : [[best], [best == "a" ? "b" : "a"]], shown, DateTimeOffset.UtcNow, number % 13 == 12 ? null : 1 + number % 3, TimeSpan.FromSeconds(seconds), TooFast: seconds < 3));
    }

    private static AnnotatorId Id(string name) => AnnotatorId.From(name.ToLowerInvariant());
}
