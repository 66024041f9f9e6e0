using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Rlhf.Trainer.Job;

/// <summary>Scalars in TensorBoard's event format: TFRecords (length, masked CRC-32C, data, masked CRC-32C) of Event messages, written by hand, since it is four fields.</summary>
/// <remarks>Source: tensorflow/core/lib/io/record_writer.cc and tensorflow/core/util/event.proto.</remarks>
public static class TensorBoardEvents
{
    private const int WallTime = (1 << 3) | 1, Step = 2 << 3, FileVersion = (3 << 3) | 2, Summary = (5 << 3) | 2;
    private const int SummaryValue = (1 << 3) | 2, Tag = (1 << 3) | 2, SimpleValue = (2 << 3) | 5;

    /// <summary>The record that begins every file.</summary>
    public static byte[] Header(DateTimeOffset at) => Record(Event(at, null, FileVersion, Encoding.UTF8.GetBytes("brain.Event:2")));

    /// <param name="scalars">By tag, e.g. <c>ppo/reward</c>.</param>
    public static byte[] Scalars(DateTimeOffset at, int step, IEnumerable<KeyValuePair<string, double>> scalars)
    {
        using var values = new MemoryStream();
        Span<byte> bits = stackalloc byte[4];
        foreach (var (tag, value) in scalars)
        {
            using var one = new MemoryStream();
            WriteBytes(one, Tag, Encoding.UTF8.GetBytes(tag));
            WriteVarint(one, SimpleValue);
            BinaryPrimitives.WriteSingleLittleEndian(bits, (float)value);
            one.Write(bits);
            WriteBytes(values, SummaryValue, one.ToArray());
        }

        return Record(Event(at, step, Summary, values.ToArray()));
    }

    private static byte[] Event(DateTimeOffset at, int? step, int field, byte[] content)
    {
        using var stream = new MemoryStream();
        WriteVarint(stream, WallTime);
        Span<byte> seconds = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(seconds, at.ToUnixTimeMilliseconds() / 1000.0);
        stream.Write(seconds);
        if (step is { } number)
        {
            WriteVarint(stream, Step);
            WriteVarint(stream, (uint)number);
        }

        WriteBytes(stream, field, content);
        return stream.ToArray();
    }

    private static byte[] Record(byte[] data)
    {
        var record = new byte[8 + 4 + data.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedCrc(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedCrc(data));
        return record;
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data) crc = BitOperations.Crc32C(crc, value);
        crc = ~crc;
        return BitOperations.RotateRight(crc, 15) + 0xa282ead8;
    }

    private static void WriteBytes(Stream stream, int key, byte[] content)
    {
        WriteVarint(stream, (uint)key);
        WriteVarint(stream, (uint)content.Length);
        stream.Write(content);
    }

    private static void WriteVarint(Stream stream, uint value)
    {
        for (; value >= 0x80; value >>= 7) stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }
}
