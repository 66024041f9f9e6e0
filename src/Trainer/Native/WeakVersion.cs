using System.Buffers.Binary;
using System.Text;

namespace Rlhf.Trainer.Native;

/// <summary>Marks one version requirement of a 64-bit little-endian ELF library weak (VER_FLG_WEAK), so that the loader no longer insists on it.
/// Layout: System V ABI and "Symbol Versioning" of the Linux Standard Base.</summary>
public static class WeakVersion
{
    private const uint VersionRequirements = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort WeakFlag = 0x2;

    /// <summary>Sets the weak flag on requirement <paramref name="version"/> (e.g. <c>GLIBCXX_3.4.32</c>) inside <paramref name="library"/>.</summary>
    /// <returns>Whether a byte was changed: false where there is no such requirement or it is weak already.</returns>
    /// <exception cref="InvalidDataException">Not a well-formed 64-bit little-endian ELF file.</exception>
    public static bool Mark(Span<byte> library, string version)
    {
        try
        {
            return MarkChecked(library, version);
        }
        catch (Exception damaged) when (damaged is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The ELF library ends before its own tables do.", damaged);
        }
    }

    private static bool MarkChecked(Span<byte> library, string version)
    {
        if (library.Length < 64 || !library[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
            throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
        var sectionTable = checked((int)BinaryPrimitives.ReadInt64LittleEndian(library[0x28..]));
        var sectionSize = BinaryPrimitives.ReadUInt16LittleEndian(library[0x3A..]);
        var sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(library[0x3C..]);
        for (var i = 0; i < sectionCount; i++)
        {
            var section = library[(sectionTable + i * sectionSize)..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != VersionRequirements) continue;
            var names = library[(sectionTable + BinaryPrimitives.ReadInt32LittleEndian(section[40..]) * sectionSize)..];
            return MarkIn(library, Offset(section), BinaryPrimitives.ReadInt32LittleEndian(section[44..]), Offset(names), version);
        }

        return false;
    }

    private static int Offset(ReadOnlySpan<byte> section) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(section[24..]));

    /// <summary>Walks the files required (Elf64_Verneed) and the versions required of each (Elf64_Vernaux).</summary>
    private static bool MarkIn(Span<byte> library, int file, int fileCount, int names, string version)
    {
        for (; fileCount > 0; fileCount--)
        {
            var versionCount = BinaryPrimitives.ReadUInt16LittleEndian(library[(file + 2)..]);
            var entry = file + BinaryPrimitives.ReadInt32LittleEndian(library[(file + 8)..]);
            for (; versionCount > 0; versionCount--)
            {
                var name = library[(names + BinaryPrimitives.ReadInt32LittleEndian(library[(entry + 8)..]))..];
                if (name[..name.IndexOf((byte)0)].SequenceEqual(Encoding.ASCII.GetBytes(version))) return SetWeak(library[(entry + 4)..]);
                entry += BinaryPrimitives.ReadInt32LittleEndian(library[(entry + 12)..]);
            }

            file += BinaryPrimitives.ReadInt32LittleEndian(library[(file + 12)..]);
        }

        return false;
    }

    private static bool SetWeak(Span<byte> field)
    {
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(field);
        if ((flags & WeakFlag) != 0) return false;
        BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)(flags | WeakFlag));
        return true;
    }
}
