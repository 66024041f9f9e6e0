using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Rlhf.Telemetry;

/// <summary>The one source of spans and the one meter of both hosts. Without a listener both cost next to nothing.</summary>
public static class RlhfTelemetry
{
    /// <summary>Name of the source and of the meter.</summary>
    public const string Name = "Rlhf";

    private static readonly string? version =
        typeof(RlhfTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    public static ActivitySource Source { get; } = new(Name, version);

    public static Meter Meter { get; } = new(Name, version);
}
