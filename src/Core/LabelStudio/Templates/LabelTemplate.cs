using Rlhf.LabelStudio.Results;

namespace Rlhf.LabelStudio.Templates;

/// <summary>A Label Studio template that has been read and found good: what its editor is given and what its results mean.</summary>
/// <param name="Xml">As written; the editor gets it whole.</param>
/// <param name="Pairwise">The Pairwise tag's name: <c>from_name</c> of the choice.</param>
/// <param name="Left">Variable of the task that the left object shows, without the dollar sign.</param>
/// <param name="Right">The same of the right object.</param>
/// <param name="Fields">What is asked beside the choice, in the template's order.</param>
public sealed record LabelTemplate(string Xml, string Pairwise, string Left, string Right, IReadOnlyList<TemplateField> Fields)
{
    /// <summary>Number of the answer that stands left: 1, unless the template's own variables say <c>$answer2</c>.</summary>
    public int LeftNumber => TaskFields.NumberOf(Left) == 2 || (TaskFields.NumberOf(Left) != 1 && TaskFields.NumberOf(Right) == 1) ? 2 : 1;

    /// <summary>Where a tie, both bad and a strength have their place; null in a bare Pairwise template.</summary>
    public TemplateField? Verdict => Fields.FirstOrDefault(f => f.Name == VerdictWords.FieldName);

    /// <summary>What the verdict offers; nothing in a bare Pairwise template.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>The strongest of the strengths that the verdict offers, 1 to 3; null where it offers none.</summary>
    public int? Strongest { get; init; }
}

/// <param name="Name">The tag's <c>name</c>.</param>
/// <param name="Tag">Lower case, as a result's <c>type</c> has it: <c>choices</c>, <c>rating</c>, <c>textarea</c>…</param>
/// <param name="To">The object it is about.</param>
public sealed record TemplateField(string Name, string Tag, string To);
