using System.Runtime.CompilerServices;
using Rlhf.Storage;

namespace Rlhf.Judging.Llm;

/// <summary>Language models' judgements: table <c>llmvotes</c>, partition = batch, row = comparison. One judge a campaign: asked again, it stands anew.</summary>
public sealed class LlmVotes(ITableStore tables)
{
    private const string Table = "llmvotes";

    public async IAsyncEnumerable<LlmVote> ReadBatchAsync(BatchId batch, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var row in tables.QueryAsync(Table, batch.Value, cancellation: cancellation)) yield return row.ReadBody<LlmVote>();
    }

    public Task WriteAsync(LlmVote vote, CancellationToken cancellation = default) => tables.UpsertAsync(Table, vote.Batch.Value, vote.Comparison.Value, vote, cancellation);
}
