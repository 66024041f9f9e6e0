namespace Rlhf.LabelStudio.Server;

/// <summary>A comparison that is a task on the server. Table <c>labelstudio</c>, partition = campaign, row <c>task~&lt;comparison&gt;</c>; <c>number~&lt;task&gt;</c> leads to it.</summary>
/// <param name="Task">Its number there.</param>
/// <param name="Order">The answers' own ids in the task's order: <c>answer1</c> is the first.</param>
/// <param name="Left">Number of the answer that the project's template shows left.</param>
/// <param name="Annotations">What was taken from it, deleted ones included, so that a late message about one is known as late.</param>
public sealed record StudioTask(ComparisonId Comparison, BatchId Batch, long Task, IReadOnlyList<string> Order, int Left, IReadOnlyList<StudioAnnotation> Annotations)
{
    public StudioAnnotation? Find(long annotation) => Annotations.FirstOrDefault(a => a.Id == annotation);

    public StudioTask With(StudioAnnotation annotation) => this with { Annotations = [.. Annotations.Where(a => a.Id != annotation.Id), annotation] };

    /// <summary>The annotator's annotation that counts: the one changed last.</summary>
    public StudioAnnotation? Current(AnnotatorId annotator) =>
        Annotations.Where(a => a.Annotator == annotator && !a.IsDeleted).OrderBy(a => a.UpdatedAt).ThenBy(a => a.Id).LastOrDefault();
}

public sealed record StudioAnnotation(long Id, AnnotatorId Annotator, DateTimeOffset UpdatedAt, bool IsDeleted = false);

/// <summary>How far a batch is on its way to the server. Row <c>push~&lt;batch&gt;</c>.</summary>
/// <param name="IsDone">Every comparison of it has its task's number here. Until then some may be there whose number is not known: a crash came between.</param>
/// <param name="AskedAt">When the server was last asked to take tasks of it: that may still be going on there.</param>
/// <param name="PulledAt">When its annotations were last looked at.</param>
public sealed record StudioPush(BatchId Batch, bool IsDone = false, DateTimeOffset? AskedAt = null, DateTimeOffset? PulledAt = null);

/// <summary>Which comparison something on the server belongs to. Rows <c>number~&lt;task&gt;</c> and <c>annotation~&lt;annotation&gt;</c>.</summary>
/// <param name="Comparison">Null for an annotation that was deleted before anything else was heard of it.</param>
/// <param name="IsDeleted">The annotation has been deleted there; what is still heard of it comes late.</param>
public sealed record StudioReference(ComparisonId? Comparison = null, bool IsDeleted = false);
