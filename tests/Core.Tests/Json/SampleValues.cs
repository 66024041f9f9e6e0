using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rlhf.Core.Tests.Json;

/// <summary>Makes a value of any record with every member set, the same each time: a member that is added later shows in its JSON by itself.</summary>
internal static class SampleValues
{
    private static readonly DateTimeOffset Time = new(2026, 3, 2, 9, 30, 15, 250, TimeSpan.Zero);

    public static object Of(Type type) => Of(type, type.Name);

    private static object Of(Type type, string name)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Of(inner, name);
        if (Plain(type, name) is { } plain) return plain;
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().Last();
        if (type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IId<>))) return type.GetMethod("From", [typeof(string)])!.Invoke(null, [Kebab(name)])!;
        if (type.IsArray) return ListOf(type.GetElementType()!, name, asArray: true);
        if (type.IsGenericType && Collection(type, name) is { } collection) return collection;
        return Record(type);
    }

    private static object? Plain(Type type, string name) => type switch
    {
        _ when type == typeof(string) => $"a {Kebab(name)}",
        _ when type == typeof(bool) => true,
        _ when type == typeof(int) => 7,
        _ when type == typeof(long) => 70_000_000_000,
        _ when type == typeof(double) => 0.25,
        _ when type == typeof(DateTimeOffset) => Time,
        _ when type == typeof(DateTime) => Time.UtcDateTime,
        _ when type == typeof(byte[]) => new byte[] { 1, 2, 3 },
        _ when type == typeof(JsonObject) => new JsonObject { [Kebab(name)] = 7 },
        _ when type == typeof(JsonElement) => JsonSerializer.SerializeToElement(7),
        _ when type == typeof(TimeSpan) => TimeSpan.FromSeconds(90.5),
        _ when type == typeof(Uri) => new Uri("https://example.org/v1"),
        _ => null,
    };

    private static object? Collection(Type type, string name)
    {
        var arguments = type.GetGenericArguments();
        if (arguments.Length == 1 && type.IsAssignableFrom(typeof(List<>).MakeGenericType(arguments))) return ListOf(arguments[0], name, asArray: false);
        if (arguments.Length != 2 || !type.IsAssignableFrom(typeof(Dictionary<,>).MakeGenericType(arguments))) return null;
        var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
        dictionary.Add(Of(arguments[0], name), Of(arguments[1], name));
        return dictionary;
    }

    private static object ListOf(Type element, string name, bool asArray)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        list.Add(Of(element, name));
        if (!asArray) return list;
        var array = Array.CreateInstance(element, 1);
        list.CopyTo(array, 0);
        return array;
    }

    private static object Record(Type type)
    {
        // A record's copy constructor has the record itself as its only parameter.
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(c => c.GetParameters() is not [{ } only] || only.ParameterType != type).MaxBy(c => c.GetParameters().Length)
            ?? throw new InvalidOperationException($"There is no constructor of {type}; say in {nameof(SampleValues)} how to make one.");
        var parameters = constructor.GetParameters();
        var value = constructor.Invoke([.. parameters.Select(p => Of(p.ParameterType, p.Name!))]);
        foreach (var property in type.GetProperties().Where(p => p.SetMethod is { IsPublic: true } && parameters.All(c => !string.Equals(c.Name, p.Name, StringComparison.OrdinalIgnoreCase))))
            property.SetValue(value, Of(property.PropertyType, property.Name));
        return value;
    }

    private static string Kebab(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) ? $"{(i == 0 ? "" : "-")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
