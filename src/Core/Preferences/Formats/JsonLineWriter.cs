using System.Buffers;
using System.Text.Json;
using Rlhf.Json;

namespace Rlhf.Preferences.Formats;

/// <summary>JSON values, one a line, written in blocks.</summary>
internal sealed class JsonLineWriter(Stream output)
{
    private const int Block = 65_536;

    private readonly ArrayBufferWriter<byte> buffer = new(2 * Block);
    private readonly JsonWriterOptions options = new() { Encoder = RlhfJson.Options.Encoder, SkipValidation = true };

    public async ValueTask WriteAsync<T>(T value, CancellationToken cancellation)
    {
        using (var json = new Utf8JsonWriter(buffer, options)) JsonSerializer.Serialize(json, value, RlhfJson.Options);
        buffer.Write("\n"u8);
        if (buffer.WrittenCount >= Block) await FlushAsync(cancellation);
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await output.WriteAsync(buffer.WrittenMemory, cancellation);
        buffer.ResetWrittenCount();
    }
}
