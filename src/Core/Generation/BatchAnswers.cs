using Rlhf.Storage;

namespace Rlhf.Generation;

/// <summary>A batch's answers before they are comparisons, one blob a window: written once, so that a repeated call draws nothing anew.</summary>
public sealed class BatchAnswers(IBlobStore blobs)
{
    public static string PathOf(CampaignId campaign, BatchId batch, int window) => $"campaigns/{campaign}/answers/{batch}/{window:D4}.json";

    public Task<List<AnsweredPrompt>?> FindAsync(CampaignId campaign, BatchId batch, int window, CancellationToken cancellation = default) =>
        blobs.ReadJsonAsync<List<AnsweredPrompt>>(PathOf(campaign, batch, window), cancellation);

    /// <returns>The answers that stand: somebody else's where they were there first.</returns>
    public async Task<IReadOnlyList<AnsweredPrompt>> WriteAsync(
        CampaignId campaign, BatchId batch, int window, IReadOnlyList<AnsweredPrompt> answers, CancellationToken cancellation = default)
    {
        if (await blobs.WriteJsonAsync(PathOf(campaign, batch, window), answers, WriteCondition.CreateOnly, cancellation) is not null) return answers;
        return (await FindAsync(campaign, batch, window, cancellation))!;
    }
}
