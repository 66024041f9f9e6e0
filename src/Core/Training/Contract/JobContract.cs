using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Rlhf.Json;

namespace Rlhf.Training.Contract;

/// <summary>The job's contract as JSON Schemas, for images that are not ours: <c>job</c> and <c>status</c> are whole files, <c>metrics</c> is a line of metrics.jsonl,
/// <c>prompt</c> and <c>answer</c> are lines of what the stage <c>generate</c> reads and writes.
/// They lie beside this file, made from the records by <c>rlhf-trainer schemas &lt;folder&gt;</c>; a test holds the two together.</summary>
public static class JobContract
{
    /// <summary>A missing or null member is an error: what a reader of foreign job files has to use.</summary>
    public static JsonSerializerOptions Strict { get; } = new(RlhfJson.Options)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict,
    };

    /// <summary>Schemas by file name.</summary>
    public static IReadOnlyDictionary<string, string> Schemas { get; } = new Dictionary<string, string>
    {
        ["job.schema.json"] = Export(typeof(TrainingJob)),
        ["status.schema.json"] = Export(typeof(RunStatus)),
        ["metrics.schema.json"] = Export(typeof(MetricPoint)),
        ["prompt.schema.json"] = Export(typeof(AskedPrompt)),
        ["answer.schema.json"] = Export(typeof(GeneratedAnswer)),
    };

    private static string Export(Type type)
    {
        var schema = Strict.GetJsonSchemaAsNode(type, new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", type.Name);
        return schema.ToJsonString(RlhfJson.Indented) + "\n";
    }

    /// <summary>Ids have a converter of their own, of which the exporter knows nothing.</summary>
    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node) =>
        Array.Exists(context.TypeInfo.Type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IId<>))
            ? new JsonObject { ["type"] = "string", ["pattern"] = "^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$" }
            : node;
}
