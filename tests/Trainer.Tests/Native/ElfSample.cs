using System.Buffers.Binary;
using System.Text;

namespace Rlhf.Trainer.Tests.Native;

/// <summary>The smallest ELF library that requires two versions of one file.</summary>
internal static class ElfSample
{
    private const int SectionTable = 64;
    private const int Requirements = SectionTable + (3 * 64);
    private const int Names = Requirements + 16 + (2 * 16);

    /// <summary>Where the second requirement's flags are.</summary>
    public const int SecondFlags = Requirements + 16 + 16 + 4;

    public static byte[] Library()
    {
        var names = Encoding.ASCII.GetBytes("\0libstdc++.so.6\0GLIBCXX_3.4\0GLIBCXX_3.4.32\0");
        var library = new byte[Names + names.Length];
        "\u007fELF\u0002\u0001"u8.CopyTo(library);
        BinaryPrimitives.WriteInt64LittleEndian(library.AsSpan(0x28), SectionTable);
        BinaryPrimitives.WriteUInt16LittleEndian(library.AsSpan(0x3A), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(library.AsSpan(0x3C), 3);
        WriteSection(library.AsSpan(SectionTable + 64), 0x6ffffffe, Requirements, link: 2, info: 1);
        WriteSection(library.AsSpan(SectionTable + 128), 3, Names, link: 0, info: 0);
        BinaryPrimitives.WriteUInt16LittleEndian(library.AsSpan(Requirements + 2), 2);
        BinaryPrimitives.WriteInt32LittleEndian(library.AsSpan(Requirements + 4), 1);
        BinaryPrimitives.WriteInt32LittleEndian(library.AsSpan(Requirements + 8), 16);
        WriteVersion(library.AsSpan(Requirements + 16), name: 16, next: 16);
        WriteVersion(library.AsSpan(Requirements + 32), name: 28, next: 0);
        names.CopyTo(library.AsSpan(Names));
        return library;
    }

    private static void WriteSection(Span<byte> section, uint type, long offset, int link, int info)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(section[4..], type);
        BinaryPrimitives.WriteInt64LittleEndian(section[24..], offset);
        BinaryPrimitives.WriteInt32LittleEndian(section[40..], link);
        BinaryPrimitives.WriteInt32LittleEndian(section[44..], info);
    }

    private static void WriteVersion(Span<byte> version, int name, int next)
    {
        BinaryPrimitives.WriteInt32LittleEndian(version[8..], name);
        BinaryPrimitives.WriteInt32LittleEndian(version[12..], next);
    }
}
