using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Rlhf.Local.Tests.LabelStudio;

/// <summary>What Label Studio's import asks of a task's data: every variable of a named tag is there, and is of the tag's type. One task without them, and none is taken.</summary>
/// <remarks>https://github.com/HumanSignal/label-studio/blob/develop/label_studio/tasks/validation.py and extract_data_types of core/label_config.py.</remarks>
internal static class TaskValidation
{
    public static string? Problem(string template, JsonObject data, int number)
    {
        foreach (var tag in XDocument.Parse(template).Descendants().Where(t => t.Attribute("name") is not null && t.Attribute("value")?.Value.StartsWith('$') == true))
        {
            var key = tag.Attribute("value")!.Value[1..];
            if (!data.ContainsKey(key)) return $"Error at item {number}: \"{key}\" key is expected in task data [assume: item[\"data\"] = task root with values]";
            if (!Takes(tag.Name.LocalName, data[key])) return $"Error at item {number}: data['{key}'] is not of a type that {tag.Name.LocalName} expects";
            if (tag.Name.LocalName == "List" && !data[key]!.AsArray().All(item => item!.AsObject().ContainsKey("text"))) return $"Error at item {number}: Each item from List must have key \"text\"";
        }
        return null;
    }

    private static bool Takes(string tag, JsonNode? value) => tag switch
    {
        "Text" or "Header" => value?.GetValueKind() is JsonValueKind.String or JsonValueKind.Number,
        "Paragraphs" => value is JsonArray || value?.GetValueKind() == JsonValueKind.String,
        "List" => value is JsonArray,
        _ => value?.GetValueKind() == JsonValueKind.String,
    };
}
