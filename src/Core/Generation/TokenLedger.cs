using Rlhf.Storage;

namespace Rlhf.Generation;

/// <summary>Answer tokens a campaign has spent. Table <c>tokens</c>, partition = campaign: one row a piece of work, so that none counts twice, and <c>total</c>.</summary>
public sealed class TokenLedger(ITableStore tables)
{
    private const string Table = "tokens";
    private const string Total = "total";

    public async Task<long> GetAsync(CampaignId campaign, CancellationToken cancellation = default) =>
        (await tables.FindAsync(Table, campaign.Value, Total, cancellation))?.ReadBody<TokenCount>().Tokens ?? 0;

    /// <param name="work">Names the piece of work; counted once, however often it is reported.</param>
    public async Task AddAsync(CampaignId campaign, string work, long tokens, CancellationToken cancellation = default)
    {
        while (await tables.FindAsync(Table, campaign.Value, $"work~{work}", cancellation) is null)
        {
            var total = await tables.FindAsync(Table, campaign.Value, Total, cancellation);
            var body = StorageExtensions.ToBody(new TokenCount((total?.ReadBody<TokenCount>().Tokens ?? 0) + tokens));
            TableOperation[] operations =
            [
                total is null ? new(TableOperationKind.Insert, Total, body) : new(TableOperationKind.Replace, Total, body, total.ETag),
                new(TableOperationKind.Insert, $"work~{work}", StorageExtensions.ToBody(new TokenCount(tokens))),
            ];
            if (await tables.WriteAsync(Table, campaign.Value, operations, cancellation) is not null) return;
        }
    }

    /// <exception cref="RlhfException"><c>token-budget-spent</c>.</exception>
    public async Task CheckAsync(Campaigns.Campaign campaign, CancellationToken cancellation = default)
    {
        if (campaign.Settings.TokenBudget is not { } budget) return;
        var spent = await GetAsync(campaign.Id, cancellation);
        if (spent >= budget)
            throw new RlhfException("token-budget-spent", $"The campaign '{campaign.Id}' has spent {spent} of its {budget} answer tokens.",
                "Resume it with a larger token budget, or train on what is labeled.", 409);
    }

    private sealed record TokenCount(long Tokens);
}
