using System.Text.Json;

namespace Rlhf.Infra.Tests.Deployments;

/// <summary>The resources that a deployment would make.</summary>
internal sealed class Deployment(JsonDocument snapshot)
{
    public IReadOnlyList<DeployedResource> Resources { get; } =
        [.. snapshot.RootElement.GetProperty("predictedResources").EnumerateArray().Select(each => new DeployedResource(each))];

    public string Text => snapshot.RootElement.GetRawText();

    public IEnumerable<DeployedResource> OfType(string type) => Resources.Where(each => each.Type == type);

    public DeployedResource Single(string type) => OfType(type).Single();

    /// <summary>Name and value of each app setting of the function app; a value that only Azure knows is an expression.</summary>
    public IReadOnlyDictionary<string, string> AppSettings() =>
        OfType("Microsoft.Web/sites/config").Single(each => each.Name.EndsWith("/appsettings", StringComparison.Ordinal))
            .Properties.EnumerateObject().ToDictionary(each => each.Name, each => each.Value.ToString());
}

internal sealed class DeployedResource(JsonElement json)
{
    public string Id => json.GetProperty("id").GetString()!;

    public string Type => json.GetProperty("type").GetString()!;

    public string Name => json.GetProperty("name").GetString()!;

    public JsonElement Properties => json.GetProperty("properties");

    public JsonElement Json => json;

    /// <summary>The element at a path of property names, or null.</summary>
    public JsonElement? At(params string[] path)
    {
        var at = json;
        foreach (var name in path)
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        return at;
    }
}
