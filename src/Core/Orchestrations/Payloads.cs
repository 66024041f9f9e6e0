using System.Text;
using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Orchestrations;

/// <summary>What travels between steps: JSON of ids and blob references, never bodies. The limits are those that Durable on Azure Storage is comfortable with.</summary>
public static class Payloads
{
    /// <summary>Bytes of UTF-8 JSON an input, an output or an event may have: history rows spill beyond it.</summary>
    public const int MaximumBytes = 45 * 1024;

    /// <summary>Characters of JSON a custom status may have: 16 KB of UTF-16, which is how Durable counts.</summary>
    public const int MaximumCustomStatusCharacters = 8 * 1024;

    /// <returns>JSON, or null for null.</returns>
    /// <exception cref="RlhfException"><c>payload-too-large</c>.</exception>
    public static string? Write(object? value, string what)
    {
        var json = ToJson(value);
        if (json is not null && Encoding.UTF8.GetByteCount(json) is var bytes and > MaximumBytes)
            throw new RlhfException("payload-too-large", $"{what} has {bytes} bytes of JSON; {MaximumBytes} is the most.",
                "Put the content into a blob and pass its path.");
        return json;
    }

    /// <exception cref="RlhfException"><c>custom-status-too-large</c>.</exception>
    public static string? WriteCustomStatus(object? value, string instanceId)
    {
        var json = ToJson(value);
        if (json?.Length > MaximumCustomStatusCharacters)
            throw new RlhfException("custom-status-too-large",
                $"The custom status of '{instanceId}' has {json.Length} characters of JSON; {MaximumCustomStatusCharacters} is the most.", "Keep counters in it, not lists.");
        return json;
    }

    /// <summary>The value, or the type's default for null.</summary>
    public static object? Read(string? json, Type type)
    {
        if (json is null) return type.IsValueType ? Activator.CreateInstance(type) : null;
        return JsonSerializer.Deserialize(json, type, RlhfJson.Options);
    }

    public static T Read<T>(string? json) => (T)Read(json, typeof(T))!;

    private static string? ToJson(object? value) => value is null ? null : JsonSerializer.Serialize(value, value.GetType(), RlhfJson.Options);
}
