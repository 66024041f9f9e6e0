using System.Globalization;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;
using static TorchSharp.torch;
using DataType = Rlhf.Trainer.Onnx.Format.TensorProto.Types.DataType;

namespace Rlhf.Trainer.Onnx;

/// <summary>GPT-2 as an ONNX graph with a key-value cache, for ragged batches.</summary>
/// <remarks>
/// One graph reads prompts and single tokens alike. Attention is ONNX Runtime's <c>GroupQueryAttention</c>: the fastest of the three ways measured
/// (against the standard's <c>Attention</c> and plain MatMul/Softmax), and the only one that takes rows of different lengths without a mask, since each row says
/// how many tokens it has. Past and present may be the same buffer. Names and shapes stand in <see cref="OnnxDecoderNames"/>.
/// Weights carry the checkpoint's names (Hugging Face's GPT-2), where linear layers are stored (in, out), as MatMul wants them.
/// </remarks>
public static class Gpt2Graph
{
    /// <summary>A causal language model: output <c>logits</c> (B, G, vocabulary) at the selected positions.</summary>
    /// <param name="weights">By checkpoint name, e.g. <c>transformer.h.0.attn.c_attn.weight</c>; the output matrix is the token embedding.</param>
    public static byte[] LanguageModel(Gpt2Settings settings, IReadOnlyDictionary<string, Tensor> weights)
    {
        var graph = new OnnxGraphBuilder("gpt2");
        var hidden = Trunk(graph, settings, weights);
        var embedding = graph.Node("Transpose", "output_matrix", ["wte"]);
        graph.Node("MatMul", OnnxDecoderNames.Logits, [hidden, embedding]);
        graph.Output(OnnxDecoderNames.Logits, DataType.Float, "batch", "selected", settings.VocabularySize.ToString(CultureInfo.InvariantCulture));
        return graph.ToBytes();
    }

    /// <summary>A reward model: output <c>scores</c> (B, G, 1), raw, at the selected positions.</summary>
    /// <param name="weights">The trunk's, and the head's <c>score.weight</c> (1, width).</param>
    /// <param name="normalization">μ and s, carried in the file, so that every reader gives the same r̂ = (r − μ) / s.</param>
    public static byte[] RewardModel(Gpt2Settings settings, IReadOnlyDictionary<string, Tensor> weights, RewardNormalization normalization)
    {
        var graph = new OnnxGraphBuilder("gpt2-reward");
        var hidden = Trunk(graph, settings, weights);
        using var column = weights["score.weight"].detach().t().contiguous();
        graph.Node("MatMul", OnnxDecoderNames.Scores, [hidden, graph.Weight("score_weight", column)]);
        graph.Output(OnnxDecoderNames.Scores, DataType.Float, "batch", "selected", "1");
        graph.Describe(OnnxDecoderNames.RewardMeanKey, normalization.Mean.ToString("R", CultureInfo.InvariantCulture));
        graph.Describe(OnnxDecoderNames.RewardDeviationKey, normalization.Deviation.ToString("R", CultureInfo.InvariantCulture));
        return graph.ToBytes();
    }

    /// <returns>Hidden states (B, G, width) at the selected positions, after the last norm; an output of their own.</returns>
    private static string Trunk(OnnxGraphBuilder graph, Gpt2Settings settings, IReadOnlyDictionary<string, Tensor> weights)
    {
        graph.Describe(OnnxDecoderNames.PositionsKey, settings.ContextLength.ToString(CultureInfo.InvariantCulture));
        Inputs(graph);
        var tokens = graph.Node("Gather", "token_embedding", [graph.Weight("wte", weights["transformer.wte.weight"]), OnnxDecoderNames.Tokens]);
        var positions = graph.Node("Gather", "position_embedding", [graph.Weight("wpe", weights["transformer.wpe.weight"]), OnnxDecoderNames.Positions]);
        var hidden = graph.Node("Add", "embedded", [tokens, positions]);
        for (var layer = 0; layer < settings.LayerCount; layer++) hidden = new Block(graph, settings, weights, layer).Add(hidden);

        // Only the selected rows go through the last norm and the output matrix: a prompt of 60 tokens needs one row of logits, not 60.
        var axis = graph.Integers("last_axis", -1);
        var index = graph.Node("Unsqueeze", "selected_index", [OnnxDecoderNames.Selected, axis]);
        var selected = graph.Node("GatherND", "selected_hidden", [hidden, index], OnnxGraphBuilder.Attribute("batch_dims", 1));
        graph.Output(OnnxDecoderNames.Hidden, DataType.Float, "batch", "selected", settings.Width.ToString(CultureInfo.InvariantCulture));
        return Norm(graph, settings, weights, selected, "transformer.ln_f", OnnxDecoderNames.Hidden);
    }

    private static void Inputs(OnnxGraphBuilder graph)
    {
        graph.Input(OnnxDecoderNames.Tokens, DataType.Int64, "batch", "sequence");
        graph.Input(OnnxDecoderNames.Positions, DataType.Int64, "batch", "sequence");
        graph.Input(OnnxDecoderNames.Selected, DataType.Int64, "batch", "selected");
        graph.Input(OnnxDecoderNames.LastIndex, DataType.Int32, "batch");
        graph.Input(OnnxDecoderNames.TotalLength, DataType.Int32, "1");
    }

    private static string Norm(OnnxGraphBuilder graph, Gpt2Settings settings, IReadOnlyDictionary<string, Tensor> weights, string input, string name, string? output = null) =>
        graph.Node(
            "LayerNormalization", output ?? $"{name}.out",
            [input, graph.Weight($"{name}.weight", weights[$"{name}.weight"]), graph.Weight($"{name}.bias", weights[$"{name}.bias"])],
            OnnxGraphBuilder.Attribute("axis", -1L), OnnxGraphBuilder.Attribute("epsilon", settings.NormEpsilon));

    /// <summary>One transformer block: x + attention(norm(x)), then x + mlp(norm(x)).</summary>
    private sealed class Block(OnnxGraphBuilder graph, Gpt2Settings settings, IReadOnlyDictionary<string, Tensor> weights, int layer)
    {
        private readonly string name = $"transformer.h.{layer}";

        public string Add(string hidden)
        {
            var attended = Linear(Attention(Norm(graph, settings, weights, hidden, $"{name}.ln_1")), $"{name}.attn.c_proj");
            hidden = graph.Node("Add", $"{name}.attended", [hidden, attended]);
            var wide = Linear(Norm(graph, settings, weights, hidden, $"{name}.ln_2"), $"{name}.mlp.c_fc");
            var active = graph.Node("Gelu", $"{name}.mlp.active", [wide], OnnxGraphBuilder.Attribute("approximate", "tanh"));
            return graph.Node("Add", $"{name}.out", [hidden, Linear(active, $"{name}.mlp.c_proj")]);
        }

        private string Attention(string normed)
        {
            var (key, value) = (OnnxDecoderNames.PastKey(layer), OnnxDecoderNames.PastValue(layer));
            var (presentKey, presentValue) = (OnnxDecoderNames.PresentKey(layer), OnnxDecoderNames.PresentValue(layer));
            var heads = settings.HeadCount.ToString(CultureInfo.InvariantCulture);
            var headWidth = settings.HeadWidth.ToString(CultureInfo.InvariantCulture);
            foreach (var input in (string[])[key, value]) graph.Input(input, DataType.Float, "batch", heads, "capacity", headWidth);
            foreach (var output in (string[])[presentKey, presentValue]) graph.Output(output, DataType.Float, "batch", heads, "capacity", headWidth);

            var projected = Linear(normed, $"{name}.attn.c_attn");
            string[] parts = [$"{name}.query", $"{name}.key", $"{name}.value"];
            graph.Node("Split", parts, [projected], domain: "", OnnxGraphBuilder.Attribute("axis", -1L), OnnxGraphBuilder.Attribute("num_outputs", 3L));
            graph.Node(
                "GroupQueryAttention", [$"{name}.context", presentKey, presentValue],
                [.. parts, key, value, OnnxDecoderNames.LastIndex, OnnxDecoderNames.TotalLength], OnnxGraphBuilder.RuntimeDomain,
                OnnxGraphBuilder.Attribute("num_heads", (long)settings.HeadCount), OnnxGraphBuilder.Attribute("kv_num_heads", (long)settings.HeadCount));
            return $"{name}.context";
        }

        private string Linear(string input, string linear)
        {
            var product = graph.Node("MatMul", $"{linear}.product", [input, graph.Weight($"{linear}.weight", weights[$"{linear}.weight"])]);
            return graph.Node("Add", $"{linear}.sum", [product, graph.Weight($"{linear}.bias", weights[$"{linear}.bias"])]);
        }
    }
}
