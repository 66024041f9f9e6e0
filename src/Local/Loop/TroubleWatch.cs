using System.Globalization;
using Rlhf.Campaigns;
using Rlhf.Storage;

namespace Rlhf.Local.Loop;

/// <summary>Says on the terminal what holds a campaign up, once, and once more when it goes on: a pause, an endpoint that is away, storage that fails.</summary>
/// <param name="page">Where the owner resumes it.</param>
public sealed class TroubleWatch(CampaignStore campaigns, StorageHealth storage, CampaignId id, string page, TimeProvider time)
{
    /// <summary>Storage that is back by then was no news.</summary>
    private static readonly TimeSpan hiccup = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan look = TimeSpan.FromSeconds(1);

    private string? said;

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(Action<string> say, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation)) Say(await DescribeAsync(cancellation), say);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private async Task<string?> DescribeAsync(CancellationToken cancellation)
    {
        try
        {
            return Describe(await campaigns.GetAsync(id, cancellation));
        }
        catch (RlhfException e) when (e.IsTransient)
        {
            return Describe(storage.Trouble);
        }
    }

    private void Say(string? trouble, Action<string> say)
    {
        if (trouble == said) return;
        say(trouble ?? $"{id} goes on.");
        said = trouble;
    }

    private string? Describe(Campaign campaign) => campaign switch
    {
        { State: CampaignState.Paused } => $"{id} is paused: {campaign.Reason ?? "no reason is given."} Resume it at {page}",
        { Trouble: { } trouble } => $"No new answers since {At(trouble.Since)}; it is tried again by itself: {trouble.Message} {trouble.Remedy}",
        _ => Describe(storage.Trouble),
    };

    private string? Describe(StorageTrouble? trouble) => trouble is null || time.GetUtcNow() - trouble.Since < hiccup
        ? null
        : $"Storage has failed since {At(trouble.Since)}; everything is tried again until it works: {trouble.Message} {trouble.Remedy}";

    private static string At(DateTimeOffset time) => time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
