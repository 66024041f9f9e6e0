using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rlhf.Storage;
using Rlhf.Training.Contract;

namespace Rlhf.Trainer.Tests.Job;

public class JobContractTests
{
    [Fact]
    public void Schemas_BesideTheCode_AreThoseOfTheRecords()
    {
        foreach (var (name, schema) in JobContract.Schemas)
        {
            var file = Path.Combine(Repository(), "src", "Core", "Training", "Contract", name);
            Assert.True(File.Exists(file) && File.ReadAllText(file) == schema, $"{name} is not what the records say: `rlhf-trainer schemas src/Core/Training/Contract` writes it anew.");
        }
    }

    [Fact]
    public async Task Run_EverythingItReadsAndWrites_KeepsToTheSchemas()
    {
        using var run = await TinyRun.CreateAsync();
        await JobRunnerTests.RunAsync(run);

        Check("job.schema.json", await run.Blobs.ReadTextAsync(TinyRun.JobPath));
        Check("status.schema.json", await run.Blobs.ReadTextAsync("runs/tiny-run1/status.json"));
        foreach (var line in (await run.Blobs.ReadTextAsync("runs/tiny-run1/metrics.jsonl"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Check("metrics.schema.json", line);
    }

    [Theory]
    [InlineData("""{"run":"a-run1","state":"running"}""")]
    [InlineData("""{"run":"Not An Id","state":"running","startedAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"run":"a-run1","state":"dancing","startedAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z"}""")]
    public void Status_Wrong_IsRefusedByTheSchema(string json) => Assert.NotEmpty(Errors("status.schema.json", json));

    private static void Check(string schema, string? json) => Assert.Empty(Errors(schema, json!));

    private static List<string> Errors(string schema, string json)
    {
        var root = JsonNode.Parse(JobContract.Schemas[schema])!;
        return [.. Validate(root, root, JsonNode.Parse(json), "$")];
    }

    /// <summary>The part of JSON Schema that the exporter uses.</summary>
    private static IEnumerable<string> Validate(JsonNode root, JsonNode schema, JsonNode? value, string path)
    {
        if (schema is not JsonObject rules) yield break;
        if (rules["$ref"] is { } reference)
        {
            var target = ((string)reference!).Split('/').Skip(1).Aggregate(root, (node, name) => node[name]!);
            foreach (var error in Validate(root, target, value, path)) yield return error;
        }

        var types = rules["type"] is JsonArray several ? several.Select(t => (string)t!).ToList() : rules["type"] is { } one ? [(string)one!] : [];
        if (types.Count > 0 && !types.Exists(type => Is(value, type))) yield return $"{path} is not {string.Join(" or ", types)}";
        if (rules["enum"] is JsonArray allowed && !allowed.Any(item => JsonNode.DeepEquals(item, value))) yield return $"{path} is not one of {allowed.ToJsonString()}";
        if (rules["pattern"] is { } pattern && value is JsonValue text && Is(text, "string") && !Regex.IsMatch((string)text!, (string)pattern!)) yield return $"{path} does not match {pattern}";
        if (value is JsonObject members)
        {
            foreach (var name in rules["required"]?.AsArray() ?? [])
                if (!members.ContainsKey((string)name!)) yield return $"{path}.{name} is missing";
            foreach (var (name, member) in members)
                if ((rules["properties"]?[name] ?? rules["additionalProperties"]) is { } inner)
                    foreach (var error in Validate(root, inner, member, $"{path}.{name}")) yield return error;
        }

        if (value is JsonArray items && rules["items"] is { } each)
            foreach (var error in items.SelectMany((item, i) => Validate(root, each, item, $"{path}[{i}]"))) yield return error;
    }

    private static bool Is(JsonNode? value, string type) => (value?.GetValueKind(), type) switch
    {
        (null or System.Text.Json.JsonValueKind.Null, "null") => true,
        (System.Text.Json.JsonValueKind.String, "string") or (System.Text.Json.JsonValueKind.Object, "object") or (System.Text.Json.JsonValueKind.Array, "array") => true,
        (System.Text.Json.JsonValueKind.Number, "number") => true,
        (System.Text.Json.JsonValueKind.Number, "integer") => double.IsInteger(value!.GetValue<double>()),
        (System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False, "boolean") => true,
        _ => false,
    };

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Serverless.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
