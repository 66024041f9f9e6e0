using System.Buffers;
using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Preferences.Formats;

/// <summary>JSON values, one a line, written in blocks.</summary>
/// <param name="isArray">Between brackets and with commas: one JSON array, closed by <see cref="EndAsync"/>.</param>
internal sealed class JsonLineWriter(Stream output, bool isArray = false)
{
    private const int Block = 65_536;

    private readonly ArrayBufferWriter<byte> buffer = new(2 * Block);
    private bool isEmpty = true;
    private readonly JsonWriterOptions options = new() { Encoder = RlhfJson.Options.Encoder, SkipValidation = true };

    public async ValueTask WriteAsync<T>(T value, CancellationToken cancellation)
    {
        if (isArray) buffer.Write(isEmpty ? "[\n"u8 : ","u8);
        isEmpty = false;
        using (var json = new Utf8JsonWriter(buffer, options)) JsonSerializer.Serialize(json, value, RlhfJson.Options);
        buffer.Write("\n"u8);
        if (buffer.WrittenCount >= Block) await FlushAsync(cancellation);
    }

    /// <summary>Writes what is left, and the array's end.</summary>
    public ValueTask EndAsync(CancellationToken cancellation)
    {
        if (isArray) buffer.Write(isEmpty ? "[]\n"u8 : "]\n"u8);
        return FlushAsync(cancellation);
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await output.WriteAsync(buffer.WrittenMemory, cancellation);
        buffer.ResetWrittenCount();
    }
}
