using System.Text.Json.Nodes;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Templates;
using Rlhf.Prompts;

namespace Rlhf.LabelStudio.Server;

/// <summary>Comparisons as tasks for somebody else's Label Studio: nothing that tells where an answer comes from, and sides drawn for each task.</summary>
internal static class TaskWriter
{
    /// <summary>Draws a task's sides: all who see it there see the same ones.</summary>
    private static readonly AnnotatorId Server = new("label-studio");

    /// <summary>The answers' ids as the task has them; the same whenever it is asked for.</summary>
    public static IReadOnlyList<string> OrderOf(Comparison comparison) => ShownOrder.For(comparison, Server);

    /// <param name="left">Number of the answer that the project's template shows left.</param>
    public static JsonObject ToTask(CampaignId campaign, Comparison comparison, LabelTemplate? template, int left)
    {
        var order = OrderOf(comparison);
        var own = comparison.Answers.Select(a => a.Id).ToList();
        var data = DataOf(comparison, order);
        AddVariables(data, comparison, order, template);
        data[TaskFields.Meta] = new TaskMeta(campaign, comparison.Id, [.. order.Select(id => own.IndexOf(id) + 1)], left).ToJson();
        return new() { ["data"] = data };
    }

    /// <summary>A task's data with its answers in an order, and with every variable that a template may show: Label Studio refuses a whole import where one is missing. <c>prompt</c>, <c>system</c>, <c>messages</c>, <c>answer1</c>…, and <c>items</c> for a list of more than two.</summary>
    public static JsonObject DataOf(Comparison comparison, IReadOnlyList<string> order)
    {
        var messages = comparison.Prompt.Messages;
        var data = new JsonObject { [TaskFields.Prompt] = TaskFields.PromptText(messages) };
        var system = string.Join("\n\n", messages.Where(m => m.Role == MessageRole.System).Select(m => m.Content));
        data[TaskFields.System] = system;
        data[TaskFields.Messages] = new JsonArray([.. messages.Select(m => (JsonNode)new JsonObject { ["role"] = m.Role.ToString().ToLowerInvariant(), ["content"] = m.Content })]);
        for (var number = 1; number <= order.Count; number++) data[TaskFields.Answer(number)] = TextOf(comparison, order[number - 1]);
        // `text` is for its import, which asks for that whatever the list shows.
        if (order.Count > 2)
            data[TaskFields.Items] = new JsonArray([.. order.Select((id, i) => (JsonNode)new JsonObject { ["id"] = TaskFields.Answer(i + 1), ["title"] = $"Answer {i + 1}", ["body"] = TextOf(comparison, id), ["text"] = TextOf(comparison, id) })]);
        return data;
    }

    /// <summary>The two answers under the names that the campaign's own template has for them.</summary>
    public static void AddVariables(JsonObject data, Comparison comparison, IReadOnlyList<string> order, LabelTemplate? template)
    {
        if (template is null || order.Count != 2) return;
        data[template.Left] = TextOf(comparison, order[template.LeftNumber - 1]);
        data[template.Right] = TextOf(comparison, order[2 - template.LeftNumber]);
    }

    private static string TextOf(Comparison comparison, string id) => comparison.Answers.First(a => a.Id == id).Text;
}
