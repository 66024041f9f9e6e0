using Rlhf.Generation;

namespace Rlhf.Web;

/// <summary>What a host decides about its HTTP side.</summary>
public sealed record WebOptions
{
    /// <summary>Tokens an answer may have where a campaign names no generator; what the shipped model was made for.</summary>
    public const int DefaultAnswerTokens = 64;

    /// <summary>Host names answered to, without ports; empty where the platform in front sees to it.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Where others reach this host, for links; the request's own address where null.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Who writes answers in a campaign that names no generator.</summary>
    public IReadOnlyList<GeneratorSettings> DefaultGenerators { get; init; } = [];

    /// <summary>What is tuned in a campaign that names no policy; null for none.</summary>
    public string? DefaultPolicy { get; init; }

    /// <summary>The same, with one local model as both defaults.</summary>
    /// <param name="model"><c>file:&lt;folder&gt;</c> or a blob prefix.</param>
    public WebOptions WithModel(string model) =>
        this with { DefaultPolicy = model, DefaultGenerators = [new("base", GeneratorKind.Onnx, model) { Sampling = new(DefaultAnswerTokens) }] };
}
