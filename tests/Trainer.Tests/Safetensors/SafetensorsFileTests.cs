using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Rlhf.Trainer.Safetensors;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Safetensors;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void Read_AnyTensorsWritten_GivesThemBack()
    {
        using var folder = new TemporaryFolder();
        var shapes = Gen.Long[0, 4].Array[0, 3];
        var named = Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 12], shapes, Gen.Int);
        named.Array[1, 6].Sample(tensors =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(1);
            var written = tensors.DistinctBy(t => t.Item1).ToDictionary(t => t.Item1, t => randn(t.Item2, generator: generator));
            SafetensorsFile.Write(folder["any.safetensors"], written);
            var read = SafetensorsFile.Read(folder["any.safetensors"]);
            Assert.Equal(written.Keys.Order(StringComparer.Ordinal), read.Keys.Order(StringComparer.Ordinal));
            foreach (var (name, tensor) in written)
            {
                Assert.Equal(tensor.shape, read[name].shape);
                Assert.Equal(Torch.Values(tensor), Torch.Values(read[name]));
            }
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void Read_HalfPrecision_IsWidened()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        // 1.5 and -2 as float16 and as bfloat16.
        WriteFile(folder["half.safetensors"],
            """{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"mask":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}""",
            [0x00, 0x3E, 0x00, 0xC0, 0xC0, 0x3F, 0x00, 0xC0, 1]);

        var read = SafetensorsFile.Read(folder["half.safetensors"]);

        Assert.Equal([1.5f, -2f], Torch.Values(read["a"]));
        Assert.Equal([1.5f, -2f], Torch.Values(read["b"]));
        Assert.DoesNotContain("mask", read.Keys);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "bytes 0..12 of 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}""", "bytes -4..4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "has 8 bytes, which is not F32 (3)")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", "'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", "'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "F64")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", "header")]
    [InlineData("""{"a":3}""", "header")]
    [InlineData("""[1]""", "header")]
    [InlineData("""{"a":""", "header")]
    public void Read_DamagedHeader_SaysWhatIsWrong(string header, string reason)
    {
        using var folder = new TemporaryFolder();
        WriteFile(folder["damaged.safetensors"], header, new byte[8]);

        var refused = Assert.Throws<RlhfException>(() => SafetensorsFile.Read(folder["damaged.safetensors"]));

        Assert.Equal("model-damaged", refused.Code);
        Assert.Contains("damaged.safetensors", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileCutOffAnywhere_IsRefusedAndNeverCrashes()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(folder["whole.safetensors"], new Dictionary<string, Tensor> { ["first"] = ones(3, 2), ["second"] = ones(4) });
        var whole = File.ReadAllBytes(folder["whole.safetensors"]);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["cut.safetensors"], whole[..length]);
            Assert.Equal("model-damaged", Assert.Throws<RlhfException>(() => SafetensorsFile.Read(folder["cut.safetensors"])).Code);
        }
    }

    [Fact]
    public void Read_FlippedHeaderBytes_IsReadOrRefusedByName()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(folder["whole.safetensors"], new Dictionary<string, Tensor> { ["first"] = ones(3, 2) });
        var whole = File.ReadAllBytes(folder["whole.safetensors"]);
        Gen.Select(Gen.Int[0, whole.Length - 25], Gen.Byte).Sample((position, value) =>
        {
            using var inner = NewDisposeScope();
            byte[] flipped = [.. whole];
            flipped[position] = value;
            File.WriteAllBytes(folder["flipped.safetensors"], flipped);
            try
            {
                SafetensorsFile.Read(folder["flipped.safetensors"]);
            }
            catch (RlhfException refused)
            {
                Assert.Equal("model-damaged", refused.Code);
            }
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Write_LeavesNoTemporaryFile()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        SafetensorsFile.Write(folder["a.safetensors"], new Dictionary<string, Tensor> { ["x"] = ones(1) });

        Assert.Equal([folder["a.safetensors"]], Directory.GetFiles(folder.Path));
    }

    private static void WriteFile(string path, string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        File.WriteAllBytes(path, [.. length, .. json, .. data]);
    }
}
