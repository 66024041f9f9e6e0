using Rlhf.Generation;

namespace Rlhf.Web;

/// <summary>What a host decides about its HTTP side.</summary>
public sealed record WebOptions
{
    /// <summary>Host names answered to, without ports; empty where the platform in front sees to it.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Where others reach this host, for links; the request's own address where null.</summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>Who writes answers in a campaign that names no generator.</summary>
    public IReadOnlyList<GeneratorSettings> DefaultGenerators { get; init; } = [];

    /// <summary>What is tuned in a campaign that names no policy; null for none.</summary>
    public string? DefaultPolicy { get; init; }
}
