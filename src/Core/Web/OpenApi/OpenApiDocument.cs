using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Rlhf.Json;
using Rlhf.LabelStudio.Server;
using Rlhf.Web.Routing;

namespace Rlhf.Web.OpenApi;

/// <summary>OpenAPI 3.1 made from the route table, so that it lists exactly what is mapped.</summary>
public static class OpenApiDocument
{
    private static readonly Lazy<string> Document = new(() => Build(RouteTable.All).ToJsonString(RlhfJson.Indented));

    public static string Json => Document.Value;

    public static JsonObject Build(IReadOnlyList<ApiRoute> routes)
    {
        var schemas = new JsonObject();
        var paths = new JsonObject();
        foreach (var path in routes.Where(r => !r.IsPage).GroupBy(r => "/" + r.Pattern))
        {
            paths[path.Key] = new JsonObject(path.Select(r => KeyValuePair.Create(r.Method.ToLowerInvariant(), (JsonNode?)Operation(r, schemas))));
        }
        return new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Serverless RLHF", ["version"] = "1" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas, ["securitySchemes"] = SecuritySchemes() },
        };
    }

    private static JsonObject Operation(ApiRoute route, JsonObject schemas)
    {
        var operation = new JsonObject
        {
            ["operationId"] = route.Name,
            ["summary"] = route.Summary,
            ["parameters"] = new JsonArray([.. PathParameters(route.Pattern), .. route.Query.Select(QueryParameter)]),
            ["responses"] = Responses(route, schemas),
            ["security"] = Security(route.Policy),
        };
        if (route.Request is { } request) operation["requestBody"] = Body("application/json", Reference(request, schemas));
        else if (route.TakesFile) operation["requestBody"] = Body("application/octet-stream", new() { ["type"] = "string", ["format"] = "binary" });
        return operation;
    }

    private static JsonObject Responses(ApiRoute route, JsonObject schemas)
    {
        var success = new JsonObject { ["description"] = "Success" };
        if (route.Response is { } response) success["content"] = Content("application/json", Reference(response, schemas));
        else if (route.ResponseType != "application/json") success["content"] = Content(route.ResponseType, new() { ["type"] = "string" });
        return new()
        {
            [route.Success.ToString(System.Globalization.CultureInfo.InvariantCulture)] = success,
            ["default"] = new JsonObject { ["description"] = "Problem details", ["content"] = Content("application/problem+json", Reference(typeof(ProblemDocument), schemas)) },
        };
    }

    private static JsonObject Body(string type, JsonObject schema) => new() { ["required"] = true, ["content"] = Content(type, schema) };

    private static JsonObject Content(string type, JsonObject schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static IEnumerable<JsonNode> PathParameters(string pattern) =>
        from segment in pattern.Split('/')
        where segment.StartsWith('{')
        select new JsonObject { ["name"] = segment.Trim('{', '}'), ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } };

    private static JsonObject QueryParameter(QueryParameter parameter) => new()
    {
        ["name"] = parameter.Name,
        ["in"] = "query",
        ["description"] = parameter.Description,
        ["schema"] = new JsonObject { ["type"] = parameter.Type },
    };

    private static JsonArray Security(AccessPolicy policy) => policy switch
    {
        AccessPolicy.Owner => [new JsonObject { ["owner"] = new JsonArray() }],
        AccessPolicy.Annotator => [new JsonObject { ["invite"] = new JsonArray() }],
        AccessPolicy.Webhook => [new JsonObject { ["webhook"] = new JsonArray() }],
        _ => [],
    };

    private static JsonObject SecuritySchemes() => new()
    {
        ["owner"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
        ["invite"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = RouteRunner.InviteHeader },
        ["webhook"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = StudioWebhook.Header },
    };

    private static JsonObject Reference(Type type, JsonObject schemas)
    {
        var place = $"#/components/schemas/{type.Name}";
        if (!schemas.ContainsKey(type.Name)) schemas[type.Name] = Anchored(RlhfJson.Options.GetJsonSchemaAsNode(type, Exporter), place);
        return new() { ["$ref"] = place };
    }

    /// <summary>A type that stands in a schema twice is a reference the second time, from the schema's own root; here that is within the document.</summary>
    private static JsonNode Anchored(JsonNode schema, string place)
    {
        if (schema is JsonObject members)
        {
            if (members["$ref"] is JsonValue reference) members["$ref"] = place + ((string)reference!)[1..];
            foreach (var (_, member) in members)
                if (member is not null and not JsonValue) Anchored(member, place);
        }
        if (schema is JsonArray items)
            foreach (var item in items)
                if (item is not null and not JsonValue) Anchored(item, place);
        return schema;
    }

    private static readonly JsonSchemaExporterOptions Exporter = new()
    {
        TreatNullObliviousAsNonNullable = true,
        // A converter of our own leaves the exporter without a schema; ids are strings.
        TransformSchemaNode = (context, schema) => IsId(context.TypeInfo.Type) ? new JsonObject { ["type"] = "string", ["maxLength"] = IdRules.MaximumLength } : schema,
    };

    private static bool IsId(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type).GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IId<>));
}
