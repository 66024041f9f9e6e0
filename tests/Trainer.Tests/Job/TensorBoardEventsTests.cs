using System.Buffers.Binary;
using System.Text;
using Rlhf.Trainer.Job;

namespace Rlhf.Trainer.Tests.Job;

public class TensorBoardEventsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Crc_OfTheStandardsExample_IsTheStandardsValue() => Assert.Equal(0xE3069283, Crc32C(Encoding.ASCII.GetBytes("123456789")));

    [Fact]
    public void Scalars_OneRecord_HasItsLengthItsChecksumsAndTheValue()
    {
        var record = TensorBoardEvents.Scalars(Now, 300, [new("ppo/reward", 1.5)]);

        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(record);
        Assert.Equal(record.Length, 8 + 4 + length + 4);
        Assert.Equal(Masked(record[..8]), BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(8)));
        Assert.Equal(Masked(record[12..(12 + length)]), BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(12 + length)));
        var data = record.AsSpan(12, length);
        Assert.Equal(0x09, data[0]);
        Assert.Equal(Now.ToUnixTimeSeconds(), BinaryPrimitives.ReadDoubleLittleEndian(data[1..]));
        Assert.Equal([0x10, 0xAC, 0x02], data[9..12].ToArray());
        Assert.Equal(1.5f, BinaryPrimitives.ReadSingleLittleEndian(data[^4..]));
        Assert.Contains("ppo/reward", Encoding.ASCII.GetString(data), StringComparison.Ordinal);
    }

    [Fact]
    public void Header_FirstRecord_NamesTheFormatsVersion() =>
        Assert.Contains("brain.Event:2", Encoding.ASCII.GetString(TensorBoardEvents.Header(Now)), StringComparison.Ordinal);

    private static uint Masked(byte[] data)
    {
        var crc = Crc32C(data);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    /// <summary>Bit by bit, as the polynomial says.</summary>
    private static uint Crc32C(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        return ~crc;
    }
}
