using Rlhf.Labeling.Serving;

namespace Rlhf.Labeling.Checks;

/// <summary>A gold comparison's row in table <c>gold</c>: partition = campaign, row = comparison. The comparison itself is a batch of its own, <c>&lt;campaign&gt;-gold-&lt;hash&gt;</c>.</summary>
/// <param name="IsPractice">Served before the first real task, with feedback, and never later.</param>
/// <param name="From">Whose consensus it is; null where the owner made it.</param>
public sealed record GoldItem(BatchId Batch, ComparisonId Comparison, DateTimeOffset AddedAt, bool IsPractice, TaskKey? From = null)
{
    /// <summary>A hash of its prompt and answers: there is one of each. Null in rows of earlier versions, whose id it is.</summary>
    public string? Content { get; init; }

    public TaskKey Task => new(Batch, Comparison, ComparisonKind.Gold);
}
