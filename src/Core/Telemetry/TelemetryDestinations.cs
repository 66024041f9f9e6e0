using Microsoft.Extensions.Configuration;

namespace Rlhf.Telemetry;

/// <summary>Where one kind of telemetry goes.</summary>
internal sealed record Destinations(bool ApplicationInsights, bool Otlp, bool Console)
{
    public bool Any => ApplicationInsights || Otlp || Console;
}

/// <summary>Where telemetry goes, as configuration says. Nothing is sent, kept or printed unless it says so.</summary>
/// <remarks>Application Insights where its connection string is there; OTLP where a collector's address is; the console where <c>OTEL_TRACES_EXPORTER</c>,
/// <c>OTEL_METRICS_EXPORTER</c> or <c>OTEL_LOGS_EXPORTER</c> names it (<c>console</c>, <c>otlp</c>, <c>none</c>; several with commas between), which then decides for that kind.</remarks>
internal sealed record TelemetryDestinations(Destinations Traces, Destinations Metrics, Destinations Logs, string? ConnectionString)
{
    public bool Any => Traces.Any || Metrics.Any || Logs.Any;

    /// <exception cref="RlhfException"><c>unknown-exporter</c>.</exception>
    public static TelemetryDestinations Of(IConfiguration configuration)
    {
        var none = new Destinations(false, false, false);
        if (string.Equals(configuration[AppSettings.TelemetryDisabled], "true", StringComparison.OrdinalIgnoreCase)) return new(none, none, none, null);
        var insights = Text(configuration, AppSettings.ApplicationInsights);
        return new(
            Of(configuration, AppSettings.TracesExporter, insights), Of(configuration, AppSettings.MetricsExporter, insights),
            Of(configuration, AppSettings.LogsExporter, insights), insights);
    }

    private static Destinations Of(IConfiguration configuration, string setting, string? insights)
    {
        if (Text(configuration, setting) is not { } named) return new(insights is not null, Text(configuration, AppSettings.OtlpEndpoint) is not null, false);
        var exporters = named.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (exporters.FirstOrDefault(e => e is not ("console" or "otlp" or "none")) is { } unknown)
            throw new RlhfException("unknown-exporter", $"{setting} is '{unknown}'.", "Use console, otlp or none; Application Insights needs its connection string only.");
        return new(insights is not null && !exporters.Contains("none"), exporters.Contains("otlp"), exporters.Contains("console"));
    }

    private static string? Text(IConfiguration configuration, string key) => string.IsNullOrWhiteSpace(configuration[key]) ? null : configuration[key];
}
