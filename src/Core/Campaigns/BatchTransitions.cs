using static Rlhf.Campaigns.BatchState;

namespace Rlhf.Campaigns;

public enum BatchOperation { Generate, Publish, End, Cancel }

/// <summary>The one table through which a batch's state moves.</summary>
public static class BatchTransitions
{
    private static readonly TransitionTable<BatchState, BatchOperation> Table = new(new Dictionary<(BatchState, BatchOperation), BatchState>
    {
        [(Planned, BatchOperation.Generate)] = Generating,
        [(Generating, BatchOperation.Generate)] = Generating,
        [(Generating, BatchOperation.Publish)] = Open,
        [(Open, BatchOperation.Publish)] = Open,
        [(Open, BatchOperation.End)] = Done,
        [(Done, BatchOperation.End)] = Done,
        [(Planned, BatchOperation.Cancel)] = Cancelled,
        [(Generating, BatchOperation.Cancel)] = Cancelled,
        [(Open, BatchOperation.Cancel)] = Cancelled,
        [(Cancelled, BatchOperation.Cancel)] = Cancelled,
    });

    public static bool Allows(BatchState from, BatchOperation operation) => Table.Allows(from, operation);

    /// <exception cref="IllegalTransitionException">The batch's state does not allow it.</exception>
    public static Batch Apply(Batch batch, BatchOperation operation) =>
        batch with { State = Table.Move($"The batch '{batch.Id}'", batch.State, operation, "A batch that ended stays as it is; its prompts can't be opened again.") };
}
