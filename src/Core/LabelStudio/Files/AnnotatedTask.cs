using System.Text.Json;
using Rlhf.LabelStudio.Server;

namespace Rlhf.LabelStudio.Files;

/// <summary>What of a task its annotations are read by.</summary>
/// <param name="ListIds">Ids of its list in the answers' order, for Ranker; null where they are <c>answer1</c>, <c>answer2</c>….</param>
/// <param name="Left">Number of the answer that its template shows left.</param>
internal sealed record AnnotatedTask(int Answers, IReadOnlyList<string>? ListIds, int Left)
{
    public static AnnotatedTask Of(JsonElement data, int answers) => new(answers, TaskReader.ListIds(data), TaskMeta.LeftOf(data) ?? 1);
}
