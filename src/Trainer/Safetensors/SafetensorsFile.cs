using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Safetensors;

/// <summary>Reads and writes safetensors files: the one weight format that is loaded here, since it can hold no code.</summary>
public static class SafetensorsFile
{
    private const int Alignment = 8;

    /// <summary>All floating tensors of a file as float32 on the CPU (F32, F16 and BF16 are read), the caller's to dispose. Integer tensors (GPT-2's old mask buffers) are left out.</summary>
    /// <exception cref="RlhfException"><c>model-missing</c> or <c>model-damaged</c>, naming the file and what is wrong with it.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        if (!File.Exists(path)) throw new RlhfException("model-missing", $"{path} is not there.", "Check the model's folder, or download the model again.");
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            var headerLength = ReadHeaderLength(file, length);
            var data = 8 + headerLength;
            var entries = SafetensorsHeader.Parse(ReadBytes(file, 8, headerLength), length - data);
            return entries.Where(e => IsFloating(path, e)).ToDictionary(e => e.Name, e => ToTensor(e, ReadBytes(file, data + e.Begin, e.End - e.Begin)));
        }
        catch (Exception damaged) when (damaged is InvalidDataException or IOException or OverflowException)
        {
            throw new RlhfException("model-damaged", $"{path} can't be read: {damaged.Message}.", "Download or make the model again.", inner: damaged);
        }
    }

    /// <summary>Writes float32 tensors by name, through a temporary file beside it, so that a reader never sees half of it.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        var ordered = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToList();
        var offset = 0L;
        foreach (var (name, tensor) in ordered)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. tensor.shape.Select(d => JsonValue.Create(d))]),
                ["data_offsets"] = new JsonArray(offset, offset += 4 * tensor.numel()),
            };
        }

        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (var stream = File.Create(temporary))
        {
            WriteHeader(stream, JsonSerializer.SerializeToUtf8Bytes(header));
            foreach (var (_, tensor) in ordered) WriteTensor(stream, tensor);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static long ReadHeaderLength(Microsoft.Win32.SafeHandles.SafeFileHandle file, long length)
    {
        if (length < 8) throw new InvalidDataException($"it has {length} bytes, too few for a safetensors file");
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(file, 0, 8));
        if (headerLength > SafetensorsHeader.MaximumLength || (long)headerLength > length - 8)
            throw new InvalidDataException($"its header claims {headerLength} bytes, the file has {length}");
        return (long)headerLength;
    }

    private static byte[] ReadBytes(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long count)
    {
        var bytes = new byte[checked((int)count)];
        for (var read = 0; read < bytes.Length;)
        {
            var got = RandomAccess.Read(file, bytes.AsSpan(read), offset + read);
            if (got == 0) throw new InvalidDataException("it ends early");
            read += got;
        }

        return bytes;
    }

    private static bool IsFloating(string path, SafetensorsEntry entry) => entry.Type switch
    {
        "F32" or "F16" or "BF16" => true,
        "BOOL" or "U8" or "I8" or "I16" or "U16" or "I32" or "U32" or "I64" or "U64" => false,
        _ => throw new InvalidDataException($"tensor '{entry.Name}' of {Path.GetFileName(path)} is {entry.Type}; F32, F16 and BF16 are read"),
    };

    private static Tensor ToTensor(SafetensorsEntry entry, byte[] bytes)
    {
        var values = entry.Type switch
        {
            "F32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
            "F16" => [.. Halves(bytes).Select(b => (float)BitConverter.UInt16BitsToHalf(b))],
            _ => Halves(bytes).Select(b => BitConverter.UInt32BitsToSingle((uint)b << 16)).ToArray(),
        };
        return tensor(values, entry.Shape, device: CPU);
    }

    private static ushort[] Halves(byte[] bytes) => MemoryMarshal.Cast<byte, ushort>(bytes).ToArray();

    private static void WriteHeader(Stream stream, byte[] json)
    {
        // Padded with spaces so that the numbers behind it are aligned.
        var padding = (Alignment - json.Length % Alignment) % Alignment;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length + padding);
        stream.Write(length);
        stream.Write(json);
        for (; padding > 0; padding--) stream.WriteByte((byte)' ');
    }

    private static void WriteTensor(Stream stream, Tensor tensor)
    {
        // TorchSharp can't look into a tensor that holds nothing.
        if (tensor.numel() == 0) return;
        using var scope = NewDisposeScope();
        var values = tensor.detach().to_type(ScalarType.Float32).cpu().contiguous();
        stream.Write(values.bytes);
    }
}
