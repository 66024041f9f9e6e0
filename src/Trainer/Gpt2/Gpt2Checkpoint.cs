using static TorchSharp.torch;

namespace Rlhf.Trainer.Gpt2;

/// <summary>Between our parameter names and those of Hugging Face checkpoints.</summary>
/// <remarks>Checkpoints keep GPT-2's Conv1D weights as (in, out), a linear layer has (out, in): those are transposed. <c>lm_head.weight</c> is the token embedding and is not stored.</remarks>
public static class Gpt2Checkpoint
{
    // transformers' GPT2LMHeadModel writes this prefix; the published gpt2 files (GPT2Model) have none. Both are read.
    private const string Prefix = "transformer.";

    private static readonly (string Ours, string Theirs)[] Trunk =
    [
        ("tokenEmbedding.weight", "wte.weight"), ("positionEmbedding.weight", "wpe.weight"),
        ("finalNorm.weight", "ln_f.weight"), ("finalNorm.bias", "ln_f.bias"),
    ];

    private static readonly (string Ours, string Theirs, bool Transposed)[] Block =
    [
        ("attentionNorm.weight", "ln_1.weight", false), ("attentionNorm.bias", "ln_1.bias", false),
        ("queryKeyValue.weight", "attn.c_attn.weight", true), ("queryKeyValue.bias", "attn.c_attn.bias", false),
        ("attentionOutput.weight", "attn.c_proj.weight", true), ("attentionOutput.bias", "attn.c_proj.bias", false),
        ("feedForwardNorm.weight", "ln_2.weight", false), ("feedForwardNorm.bias", "ln_2.bias", false),
        ("expand.weight", "mlp.c_fc.weight", true), ("expand.bias", "mlp.c_fc.bias", false),
        ("contract.weight", "mlp.c_proj.weight", true), ("contract.bias", "mlp.c_proj.bias", false),
    ];

    /// <summary>The model's parameters under checkpoint names, as they are stored: new tensors, the caller's to dispose.</summary>
    public static Dictionary<string, Tensor> ToCheckpoint(Gpt2Model model)
    {
        using var _ = no_grad();
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        return Names(model.Settings.LayerCount).ToDictionary(
            n => Prefix + n.Theirs,
            n => n.Transposed ? parameters[n.Ours].detach().t().contiguous().clone() : parameters[n.Ours].detach().clone());
    }

    /// <summary>Copies a checkpoint's tensors (any floating type, by their stored names) into the model.</summary>
    /// <exception cref="RlhfException"><c>model-damaged</c>: a tensor is missing, or its shape is not what config.json says.</exception>
    public static void Load(Gpt2Model model, IReadOnlyDictionary<string, Tensor> checkpoint)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var (ours, theirs, transposed) in Names(model.Settings.LayerCount))
        {
            if (!checkpoint.TryGetValue(Prefix + theirs, out var stored) && !checkpoint.TryGetValue(theirs, out stored))
                throw Damaged($"tensor '{theirs}' is missing");
            var value = transposed && stored.dim() == 2 ? stored.t() : stored;
            if (!value.shape.SequenceEqual(parameters[ours].shape))
                throw Damaged($"tensor '{theirs}' is ({string.Join(", ", stored.shape)}), which does not fit config.json");
            parameters[ours].copy_(value);
        }
    }

    private static IEnumerable<(string Ours, string Theirs, bool Transposed)> Names(int layerCount) =>
        Trunk.Select(n => (n.Ours, n.Theirs, false)).Concat(
            Enumerable.Range(0, layerCount).SelectMany(i => Block.Select(n => ($"blocks.{i}.{n.Ours}", $"h.{i}.{n.Theirs}", n.Transposed))));

    private static RlhfException Damaged(string what) => new("model-damaged", $"The checkpoint can't be loaded: {what}.",
        "Download the model again; weights and config.json must belong together.");
}
