using System.Globalization;
using Google.Protobuf;
using Rlhf.Trainer.Onnx.Format;
using static TorchSharp.torch;
using DataType = Rlhf.Trainer.Onnx.Format.TensorProto.Types.DataType;
using Kind = Rlhf.Trainer.Onnx.Format.AttributeProto.Types.AttributeType;

namespace Rlhf.Trainer.Onnx;

/// <summary>Writes an ONNX graph node by node. Values are named by strings; every method returns the name of what it made.</summary>
internal sealed class OnnxGraphBuilder(string name)
{
    /// <summary>Operator set 21 of the standard and version 1 of ONNX Runtime's own operators.</summary>
    private const long StandardOperators = 21;

    /// <summary>The IR version that goes with operator set 21.</summary>
    private const long IrVersion = 10;

    public const string RuntimeDomain = "com.microsoft";

    private readonly GraphProto graph = new() { Name = name };
    private readonly Dictionary<string, string> metadata = [];
    private int nodes;

    /// <param name="dimensions">A number, or a name for a dimension that is known when the model runs.</param>
    public string Input(string valueName, DataType type, params string[] dimensions)
    {
        graph.Input.Add(ValueInfo(valueName, type, dimensions));
        return valueName;
    }

    public void Output(string valueName, DataType type, params string[] dimensions) => graph.Output.Add(ValueInfo(valueName, type, dimensions));

    /// <summary>Text that the model carries; the generator reads its limits from there.</summary>
    public void Describe(string key, string value) => metadata[key] = value;

    /// <summary>A constant with the tensor's own shape, fp32.</summary>
    public string Weight(string valueName, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var values = weight.detach().to(float32).cpu().contiguous();
        graph.Initializer.Add(new TensorProto
        {
            Name = valueName,
            DataType = (int)DataType.Float,
            Dims = { values.shape },
            RawData = ByteString.CopyFrom(values.bytes),
        });
        return valueName;
    }

    public string Integers(string valueName, params long[] values)
    {
        graph.Initializer.Add(new TensorProto
        {
            Name = valueName,
            DataType = (int)DataType.Int64,
            Dims = { values.Length },
            RawData = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())),
        });
        return valueName;
    }

    /// <summary>A node with one output.</summary>
    public string Node(string operation, string output, string[] inputs, params AttributeProto[] attributes)
    {
        Node(operation, [output], inputs, domain: "", attributes);
        return output;
    }

    public void Node(string operation, string[] outputs, string[] inputs, string domain, params AttributeProto[] attributes)
    {
        var node = new NodeProto { Name = $"{operation}_{nodes++}", OpType = operation, Domain = domain };
        node.Input.Add(inputs);
        node.Output.Add(outputs);
        node.Attribute.Add(attributes);
        graph.Node.Add(node);
    }

    public byte[] ToBytes()
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "rlhf-trainer", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = StandardOperators });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = RuntimeDomain, Version = 1 });
        model.MetadataProps.Add(metadata.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }));
        return model.ToByteArray();
    }

    public static AttributeProto Attribute(string attribute, long value) => new() { Name = attribute, Type = Kind.Int, I = value };

    public static AttributeProto Attribute(string attribute, double value) => new() { Name = attribute, Type = Kind.Float, F = (float)value };

    public static AttributeProto Attribute(string attribute, string value) =>
        new() { Name = attribute, Type = Kind.String, S = ByteString.CopyFromUtf8(value) };

    private static ValueInfoProto ValueInfo(string valueName, DataType type, string[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(long.TryParse(dimension, CultureInfo.InvariantCulture, out var size)
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension });
        }

        return new ValueInfoProto
        {
            Name = valueName,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }
}
