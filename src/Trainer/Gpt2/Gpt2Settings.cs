using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rlhf.Trainer.Gpt2;

/// <summary>The shape of a GPT-2 model: Hugging Face's <c>config.json</c> with whole words.</summary>
public sealed record Gpt2Settings
{
    public required int VocabularySize { get; init; }

    public required int ContextLength { get; init; }

    public required int Width { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    /// <summary>Width inside the feed-forward part; four times <see cref="Width"/> unless set.</summary>
    public int InnerWidth { get => field == 0 ? 4 * Width : field; init; }

    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Standard deviation of fresh weights. GPT-2's 0.02 suits its 768; at a width of 100 nothing is ever copied from the prompt with it, so 1/√width unless set.</summary>
    public double InitializerRange { get => field == 0 ? 1 / Math.Sqrt(Width) : field; init; }

    /// <summary>Begins documents and ends answers, where the model has such tokens.</summary>
    public int? BeginTokenId { get; init; }

    public int? EndTokenId { get; init; }

    public int HeadWidth => Width / HeadCount;

    /// <exception cref="RlhfException"><c>model-config</c>, naming the value.</exception>
    public void Validate()
    {
        if (Math.Min(Math.Min(VocabularySize, ContextLength), Math.Min(Width, Math.Min(LayerCount, HeadCount))) < 1)
            throw Refuse($"vocab_size {VocabularySize}, n_positions {ContextLength}, n_embd {Width}, n_layer {LayerCount}, n_head {HeadCount}: each must be at least 1");
        if (Width % HeadCount != 0) throw Refuse($"n_embd {Width} is not a multiple of n_head {HeadCount}");
    }

    /// <param name="json">Content of <c>config.json</c>.</param>
    /// <exception cref="RlhfException"><c>model-config</c>: not JSON, another architecture, a value missing, or a variant of GPT-2 that is not built here.</exception>
    public static Gpt2Settings Parse(string json)
    {
        var config = Read(json);
        if (Text(config, "model_type") is var type && type != "gpt2") throw Refuse($"model_type '{type}' is not gpt2, the one architecture known here so far");
        if (Text(config, "activation_function") is not (null or "gelu_new" or "gelu_pytorch_tanh") and var activation)
            throw Refuse($"activation_function '{activation}' is not GPT-2's gelu_new");
        foreach (var (name, usual) in new[] { ("scale_attn_weights", true), ("scale_attn_by_inverse_layer_idx", false), ("tie_word_embeddings", true), ("add_cross_attention", false) })
            if (config[name]?.GetValueKind() is JsonValueKind.True or JsonValueKind.False && config[name]!.GetValue<bool>() != usual)
                throw Refuse($"{name} is {(!usual ? "true" : "false")}, which GPT-2 itself does not use");
        var settings = new Gpt2Settings
        {
            VocabularySize = Whole(config, "vocab_size"),
            ContextLength = Whole(config, "n_positions"),
            Width = Whole(config, "n_embd"),
            LayerCount = Whole(config, "n_layer"),
            HeadCount = Whole(config, "n_head"),
            InnerWidth = OptionalWhole(config, "n_inner") ?? 0,
            NormEpsilon = Number(config, "layer_norm_epsilon") ?? 1e-5,
            InitializerRange = Number(config, "initializer_range") ?? 0.02,
            BeginTokenId = OptionalWhole(config, "bos_token_id"),
            EndTokenId = OptionalWhole(config, "eos_token_id"),
        };
        settings.Validate();
        return settings;
    }

    /// <summary>Content of <c>config.json</c>, as transformers' GPT2LMHeadModel reads it. Dropout is off here and so it is there.</summary>
    public string ToJson() => new JsonObject
    {
        ["architectures"] = new JsonArray("GPT2LMHeadModel"),
        ["model_type"] = "gpt2",
        ["vocab_size"] = VocabularySize,
        ["n_positions"] = ContextLength,
        ["n_ctx"] = ContextLength,
        ["n_embd"] = Width,
        ["n_layer"] = LayerCount,
        ["n_head"] = HeadCount,
        ["n_inner"] = InnerWidth == 4 * Width ? null : InnerWidth,
        ["activation_function"] = "gelu_new",
        ["layer_norm_epsilon"] = NormEpsilon,
        ["initializer_range"] = InitializerRange,
        ["attn_pdrop"] = 0.0,
        ["embd_pdrop"] = 0.0,
        ["resid_pdrop"] = 0.0,
        ["tie_word_embeddings"] = true,
        ["bos_token_id"] = BeginTokenId,
        ["eos_token_id"] = EndTokenId,
        ["torch_dtype"] = "float32",
    }.ToJsonString(Json.RlhfJson.Indented) + "\n";

    private static JsonObject Read(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject ?? throw Refuse("it is not a JSON object");
        }
        catch (JsonException damaged)
        {
            throw Refuse($"it is not JSON ({damaged.Message})");
        }
    }

    private static int Whole(JsonObject config, string name) => OptionalWhole(config, name) ?? throw Refuse($"{name} is missing or not a whole number");

    private static int? OptionalWhole(JsonObject config, string name) => config[name] is JsonValue value && value.TryGetValue(out int number) ? number : null;

    private static double? Number(JsonObject config, string name) => config[name] is JsonValue value && value.TryGetValue(out double number) ? number : null;

    private static string? Text(JsonObject config, string name) => config[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static RlhfException Refuse(string why) => new("model-config", $"config.json can't be used: {why}.",
        "Choose a model of the GPT-2 architecture in Hugging Face layout, or download it again.");
}
