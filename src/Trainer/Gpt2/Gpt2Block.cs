using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Gpt2;

/// <summary>One pre-norm transformer block: x + attention(norm(x)), then x + feedForward(norm(x)).</summary>
internal sealed class Gpt2Block : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly int headCount;
    private readonly LayerNorm attentionNorm;
    private readonly Linear queryKeyValue;
    private readonly Linear attentionOutput;
    private readonly LayerNorm feedForwardNorm;
    private readonly Linear expand;
    private readonly Linear contract;

    public Gpt2Block(Gpt2Settings settings) : base(nameof(Gpt2Block))
    {
        headCount = settings.HeadCount;
        attentionNorm = nn.LayerNorm(settings.Width, settings.NormEpsilon);
        queryKeyValue = nn.Linear(settings.Width, 3 * settings.Width);
        attentionOutput = nn.Linear(settings.Width, settings.Width);
        feedForwardNorm = nn.LayerNorm(settings.Width, settings.NormEpsilon);
        expand = nn.Linear(settings.Width, settings.InnerWidth);
        contract = nn.Linear(settings.InnerWidth, settings.Width);
        RegisterComponents();
    }

    /// <param name="input">(B, T, W)</param>
    /// <param name="bias">(B, 1, T, T) added to attention scores, causality included; null for plain causal attention.</param>
    public override Tensor forward(Tensor input, Tensor? bias)
    {
        var (query, key, value) = Heads(attentionNorm.forward(input));
        return FeedForward(input + Attend(query, key, value, bias));
    }

    /// <summary>The same for the next tokens of sequences whose beginning is in the cache.</summary>
    /// <param name="input">(B, S, W)</param>
    /// <param name="bias">(B, 1, S, T): all T tokens, those included.</param>
    public Tensor Extend(Tensor input, Tensor bias, Gpt2Cache cache, int layer)
    {
        var (query, key, value) = Heads(attentionNorm.forward(input));
        var (keys, values) = cache.Extend(layer, key, value);
        return FeedForward(input + Attend(query, keys, values, bias));
    }

    private Tensor FeedForward(Tensor afterAttention)
    {
        var inner = nn.functional.gelu(expand.forward(feedForwardNorm.forward(afterAttention)), TorchSharp.Modules.GELU.Approximate.tanh);
        return afterAttention + contract.forward(inner);
    }

    /// <summary>(B, T, W) → query, key and value, each (B, H, T, W/H).</summary>
    private (Tensor Query, Tensor Key, Tensor Value) Heads(Tensor input)
    {
        var (batch, length, width) = (input.shape[0], input.shape[1], input.shape[2]);
        // (3, B, H, T, W/H)
        var heads = queryKeyValue.forward(input).view(batch, length, 3, headCount, width / headCount).permute(2, 0, 3, 1, 4);
        return (heads[0], heads[1], heads[2]);
    }

    private Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? bias)
    {
        var mixed = nn.functional.scaled_dot_product_attention(query, key, value, bias, is_casual: bias is null);
        return attentionOutput.forward(mixed.transpose(1, 2).reshape(query.shape[0], query.shape[2], -1));
    }

    /// <summary>GPT-2's: normal weights, zero biases, and what adds to the residual stream made smaller by the number of additions.</summary>
    public void Initialize(double deviation, int layerCount, Generator generator)
    {
        var residual = deviation / Math.Sqrt(2.0 * layerCount);
        foreach (var (layer, spread) in new[] { (queryKeyValue, deviation), (attentionOutput, residual), (expand, deviation), (contract, residual) })
        {
            nn.init.zeros_(layer.bias!);
            layer.weight!.normal_(0, spread, generator);
        }
    }
}
