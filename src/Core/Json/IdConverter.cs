using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rlhf.Json;

/// <summary>Writes an id as its string, as a dictionary key too, and checks it when reading.</summary>
public sealed class IdConverter<TId> : JsonConverter<TId> where TId : struct, IId<TId>
{
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    public override TId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString());

    public override void WriteAsPropertyName(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);

    private static TId Parse(string? value)
    {
        try
        {
            return TId.From(value!);
        }
        catch (RlhfException e)
        {
            throw new JsonException(e.Message, e);
        }
    }
}
