using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Prompts;

namespace Rlhf.Generation.Tokenization;

/// <summary>What stands before and after a turn, special tokens included.</summary>
public sealed record TurnFormat(string Before, string After);

/// <summary>How messages become one text for the model. Stored as <c>chat_format</c> in <c>tokenizer_config.json</c>, beside a Jinja <c>chat_template</c> that says the same to other tools.</summary>
/// <param name="End">The special token that ends an answer.</param>
public sealed record ChatFormat(TurnFormat System, TurnFormat User, TurnFormat Assistant, string End)
{
    private const string Key = "chat_format";

    public static ChatFormat ShippedModel { get; } =
        new(new("<|system|>", "<|end|>"), new("<|user|>", "<|end|>"), new("<|assistant|>", "<|end|>"), "<|end|>");

    public TurnFormat Of(MessageRole role) => role switch
    {
        MessageRole.System => System,
        MessageRole.User => User,
        _ => Assistant,
    };

    /// <summary>Special tokens it is written with.</summary>
    public IReadOnlyList<string> SpecialTokens => [.. new[] { System.Before, User.Before, Assistant.Before, End }.Distinct()];

    /// <summary>The format a model was trained with; turns by plain words for one that was trained with none, like GPT-2.</summary>
    /// <param name="config"><c>tokenizer_config.json</c>.</param>
    /// <param name="specialTokens">Of the tokenizer.</param>
    /// <exception cref="RlhfException"><c>tokenizer-damaged</c>: the format is incomplete, or no token ends an answer.</exception>
    public static ChatFormat Read(JsonObject config, IReadOnlyCollection<string> specialTokens)
    {
        try
        {
            if (config[Key] is { } stored) return stored.Deserialize<ChatFormat>(Json.RlhfJson.Options)!.Checked();
            var end = (config["eos_token"] as JsonObject)?["content"] ?? config["eos_token"];
            return Plain((string?)end ?? specialTokens.SingleOrDefault() ?? throw Damaged("neither chat_format nor eos_token says what ends an answer"));
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            throw Damaged(damaged.Message);
        }
    }

    /// <summary>Adds the format and its template to <c>tokenizer_config.json</c>.</summary>
    public void WriteTo(JsonObject config)
    {
        config[Key] = JsonSerializer.SerializeToNode(this, Json.RlhfJson.Options);
        config["chat_template"] = ToTemplate();
        config["eos_token"] = End;
        config["pad_token"] = End;
    }

    /// <summary>The same as a Jinja template. One difference: other tools turn a special token that a person typed into the token itself; here it stays text.</summary>
    public string ToTemplate()
    {
        var turns = new[] { ("system", System), ("user", User), ("assistant", Assistant) }
            .Select(r => $"message['role'] == '{r.Item1}' %}}{r.Item2.Before}{{{{ message['content'] }}}}{r.Item2.After}");
        return "{% for message in messages %}{% if " + string.Join("{% elif ", turns) + "{% endif %}{% endfor %}"
            + "{% if add_generation_prompt %}" + Assistant.Before + "{% endif %}";
    }

    private static ChatFormat Plain(string end) =>
        new(new("", "\n\n"), new("User:\n", "\n\n"), new("Assistant:\n", "\n\n"), end);

    private ChatFormat Checked() =>
        System?.Before is null || System.After is null || User?.Before is null || User.After is null
        || Assistant?.Before is null || Assistant.After is null || string.IsNullOrEmpty(End)
            ? throw Damaged("its chat_format is incomplete") : this;

    private static RlhfException Damaged(string why) => new("tokenizer-damaged", $"{TokenizerFiles.ConfigName} can't be used: {why}.",
        "Download the model's tokenizer files again, or choose another model.");
}
