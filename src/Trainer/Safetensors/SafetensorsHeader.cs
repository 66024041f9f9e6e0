using System.Text.Json;

namespace Rlhf.Trainer.Safetensors;

/// <summary>One tensor as a header describes it.</summary>
/// <param name="Type">F32, F16, BF16 (others can be described, not read).</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last.</param>
public sealed record SafetensorsEntry(string Name, string Type, long[] Shape, long Begin, long End);

/// <summary>The JSON head of a safetensors file: 8 bytes length (little-endian), that many bytes of JSON, then the tensors' bytes.
/// Source: https://huggingface.co/docs/safetensors (format).</summary>
public static class SafetensorsHeader
{
    /// <summary>The format's own bound.</summary>
    public const long MaximumLength = 100_000_000;

    /// <param name="json">The JSON head.</param>
    /// <param name="dataLength">Bytes that follow it in the file.</param>
    /// <exception cref="InvalidDataException">Saying what contradicts what, with the tensor's name.</exception>
    public static IReadOnlyList<SafetensorsEntry> Parse(ReadOnlyMemory<byte> json, long dataLength)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var entries = document.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__")
                .Select(p => ParseEntry(p.Name, p.Value, dataLength)).OrderBy(e => e.Begin).ToList();
            foreach (var (first, second) in entries.Zip(entries.Skip(1)))
                if (second.Begin < first.End) throw new InvalidDataException($"tensors '{first.Name}' and '{second.Name}' overlap");
            return entries;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"its header is not what the format asks for ({damaged.Message})", damaged);
        }
    }

    private static SafetensorsEntry ParseEntry(string name, JsonElement value, long dataLength)
    {
        var type = value.GetProperty("dtype").GetString() ?? "";
        var shape = value.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()).ToArray();
        var offsets = value.GetProperty("data_offsets");
        var (begin, end) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        if (begin < 0 || end < begin || end > dataLength)
            throw new InvalidDataException($"tensor '{name}' lies at bytes {begin}..{end} of {dataLength}");
        if (SafetensorsTypes.Size(type) is { } size && ByteCount(shape, size) != end - begin)
            throw new InvalidDataException($"tensor '{name}' has {end - begin} bytes, which is not {type} ({string.Join(", ", shape)})");
        return new(name, type, shape, begin, end);
    }

    /// <summary>-1 where a dimension is negative or the product leaves 64 bits.</summary>
    private static long ByteCount(long[] shape, int size)
    {
        var count = (Int128)size;
        foreach (var dimension in shape)
        {
            if (dimension < 0) return -1;
            count *= dimension;
            if (count > long.MaxValue) return -1;
        }

        return (long)count;
    }
}

internal static class SafetensorsTypes
{
    /// <summary>Bytes of one number; null for a type unknown here, whose size can't be checked.</summary>
    public static int? Size(string type) => type switch
    {
        "F64" or "I64" or "U64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "I8" or "U8" or "BOOL" or "F8_E4M3" or "F8_E5M2" => 1,
        _ => null,
    };
}
