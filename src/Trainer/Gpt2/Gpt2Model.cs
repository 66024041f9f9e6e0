using Rlhf.Trainer.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Gpt2;

/// <summary>GPT-2 (Radford et al. 2019): learned positions, pre-norm blocks, tanh GELU, output layer tied to the token embedding. Dropout is left out: RLHF runs without it.</summary>
/// <remarks>float32, on the default device. Not thread-safe while training.</remarks>
public sealed class Gpt2Model : nn.Module<Tensor, Tensor>, ICausalLanguageModel
{
    // Large and finite: a row of padding that may look at nothing gets a uniform mixture instead of NaN.
    private const float NotAllowed = -1e9f;

    private readonly Embedding tokenEmbedding;
    private readonly Embedding positionEmbedding;
    private readonly ModuleList<Gpt2Block> blocks;
    private readonly LayerNorm finalNorm;

    /// <param name="settings">Checked here.</param>
    /// <param name="seed">Of the fresh weights: the same seed gives the same model.</param>
    /// <exception cref="RlhfException"><c>model-config</c>.</exception>
    public Gpt2Model(Gpt2Settings settings, long seed = 1) : base(nameof(Gpt2Model))
    {
        settings.Validate();
        Settings = settings;
        tokenEmbedding = nn.Embedding(settings.VocabularySize, settings.Width);
        positionEmbedding = nn.Embedding(settings.ContextLength, settings.Width);
        blocks = new ModuleList<Gpt2Block>([.. Enumerable.Range(0, settings.LayerCount).Select(_ => new Gpt2Block(settings))]);
        finalNorm = nn.LayerNorm(settings.Width, settings.NormEpsilon);
        RegisterComponents();
        Initialize(seed);
        // After the fresh weights were drawn, so that a seed gives the same ones wherever they go.
        if (get_default_device() is { type: not DeviceType.CPU } device) this.to(device);
    }

    public Gpt2Settings Settings { get; }

    public int VocabularySize => Settings.VocabularySize;

    public int ContextLength => Settings.ContextLength;

    public int Width => Settings.Width;

    public nn.Module Module => this;

    /// <summary>Logits of every position without padding: (B, T) int64 → (B, T, V).</summary>
    public override Tensor forward(Tensor tokens) => Logits(Hidden(tokens));

    /// <inheritdoc/>
    public Tensor Hidden(Tensor tokens, Tensor? attentionMask = null)
    {
        if (tokens.dim() != 2 || tokens.shape[1] < 1 || tokens.shape[1] > ContextLength)
            throw new ArgumentException($"Tokens are ({string.Join(", ", tokens.shape)}); (batch, 1..{ContextLength}) is needed.", nameof(tokens));
        var positions = attentionMask is null
            ? arange(tokens.shape[1], int64, tokens.device).unsqueeze(0)
            : (attentionMask.to_type(ScalarType.Int64).cumsum(1) - 1).clamp_min(0);
        var bias = attentionMask is null ? null : AttentionBias(attentionMask);
        var state = tokenEmbedding.forward(tokens) + positionEmbedding.forward(positions);
        foreach (var block in blocks) state = block.forward(state, bias);
        return finalNorm.forward(state);
    }

    /// <summary>Hidden states of the next tokens of sequences whose beginning is in the cache, which takes them in.</summary>
    /// <param name="tokens">(B, S) int64.</param>
    /// <param name="attentionMask">(B, S), 0 for padding: rows of unequal prompts are padded on the left, so that all go on at the same place.</param>
    /// <returns>(B, S, W)</returns>
    internal Tensor Extend(Tensor tokens, Tensor attentionMask, Gpt2Cache cache)
    {
        var length = tokens.shape[1];
        var mask = cache.Advance(attentionMask);
        var positions = (mask.cumsum(1) - 1).clamp_min(0).narrow(1, cache.Length - length, length);
        var bias = AttentionBias(mask).narrow(2, cache.Length - length, length);
        var state = tokenEmbedding.forward(tokens) + positionEmbedding.forward(positions);
        for (var layer = 0; layer < blocks.Count; layer++) state = blocks[layer].Extend(state, bias, cache, layer);
        return finalNorm.forward(state);
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, tokenEmbedding.weight!);

    /// <inheritdoc/>
    public ICausalLanguageModel Clone()
    {
        var copy = new Gpt2Model(Settings);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var ((_, target), (_, source)) in copy.named_parameters().Zip(named_parameters())) target.copy_(source);
        return copy;
    }

    /// <summary>(B, T) mask → (B, 1, T, T): 0 where a position may look, a large negative number where it may not.</summary>
    private static Tensor AttentionBias(Tensor attentionMask)
    {
        var length = attentionMask.shape[1];
        var causal = ones(length, length, dtype: ScalarType.Bool, device: attentionMask.device).tril().unsqueeze(0);
        var allowed = causal.logical_and(attentionMask.to_type(ScalarType.Bool).unsqueeze(1)).unsqueeze(1);
        return zeros(allowed.shape, float32, attentionMask.device).masked_fill(allowed.logical_not(), NotAllowed);
    }

    private void Initialize(long seed)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var generator = new Generator((ulong)seed);
        tokenEmbedding.weight!.normal_(0, Settings.InitializerRange, generator);
        positionEmbedding.weight!.normal_(0, Settings.InitializerRange, generator);
        foreach (var block in blocks) block.Initialize(Settings.InitializerRange, Settings.LayerCount, generator);
    }
}
