using Azure.Core;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Rlhf.Telemetry;

/// <summary>OpenTelemetry for both hosts.</summary>
public static class TelemetryRegistration
{
    /// <summary>Series of one instrument: a batch has its own, and a campaign may have thousands of batches.</summary>
    private const int MostSeries = 20_000;

    /// <summary>Sources beside ours: what Durable's client and the Functions worker open around a function. Absent on one machine.</summary>
    private static readonly string[] foreignSources = ["Microsoft.DurableTask", "Microsoft.Azure.Functions.Worker"];

    /// <summary>Whether configuration sends anything anywhere.</summary>
    public static bool IsTelemetryOn(this IConfiguration configuration) => TelemetryDestinations.Of(configuration).Any;

    /// <summary>Sends traces, metrics and logs where configuration says (<see cref="AppSettings"/>), and nowhere by default; then nothing of OpenTelemetry is loaded.</summary>
    /// <param name="service">The host's <c>service.name</c>, unless <c>OTEL_SERVICE_NAME</c> is set.</param>
    /// <exception cref="RlhfException"><c>unknown-exporter</c>.</exception>
    public static IServiceCollection AddRlhfTelemetry(this IServiceCollection services, IConfiguration configuration, string service)
    {
        services.AddLogging(QuietForeignLogs);
        var destinations = TelemetryDestinations.Of(configuration);
        if (destinations.Any) Add(services, destinations, new(destinations, configuration), service);
        return services;
    }

    /// <summary>What the libraries below say of each request is in the spans, and some of it has addresses and query strings.</summary>
    private static void QuietForeignLogs(ILoggingBuilder logging) => logging
        .AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("System.Net.Http.HttpClient", LogLevel.Warning)
        .AddFilter("Azure", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning);

    private static void Add(IServiceCollection services, TelemetryDestinations destinations, Exporters exporters, string service)
    {
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(service).AddEnvironmentVariableDetector());
        if (destinations.Traces.Any) telemetry.WithTracing(exporters.AddTraces);
        if (destinations.Metrics.Any) telemetry.WithMetrics(exporters.AddMetrics);
        if (destinations.Logs.Any)
        {
            telemetry.WithLogging(exporters.AddLogs, options =>
            {
                options.IncludeScopes = true;
                options.IncludeFormattedMessage = true;
            });
        }
    }

    /// <summary>Spans of ours, of HTTP both ways and, on Functions, of the worker and of Durable's client; without query strings, headers and who asks.</summary>
    public static TracerProviderBuilder AddRlhfTraces(this TracerProviderBuilder traces) => traces
        .AddSource(RlhfTelemetry.Name).AddSource(foreignSources).AddAspNetCoreInstrumentation(HttpSpans.Configure).AddHttpClientInstrumentation(HttpSpans.Configure);

    /// <summary>The measurements of <see cref="RlhfTelemetry.Meter"/>.</summary>
    public static MeterProviderBuilder AddRlhfMetrics(this MeterProviderBuilder metrics) => metrics
        .AddMeter(RlhfTelemetry.Name)
        .AddView(PipelineMetricNames.ComparisonsOpen, new MetricStreamConfiguration { CardinalityLimit = MostSeries })
        .AddView(PipelineMetricNames.JobState, new MetricStreamConfiguration { CardinalityLimit = MostSeries });

    private sealed class Exporters(TelemetryDestinations to, IConfiguration configuration)
    {
        public void AddTraces(TracerProviderBuilder traces)
        {
            traces.AddRlhfTraces();
            if (to.Traces.ApplicationInsights) traces.AddAzureMonitorTraceExporter(Connect, Credential);
            if (to.Traces.Otlp) traces.AddOtlpExporter();
            if (to.Traces.Console) traces.AddConsoleExporter();
            // Last, since Application Insights' exporter brings a sampler of its own, and following no caller: the Functions host marks what it calls as not sampled, even where it sends it itself.
            if (configuration[AppSettings.TracesSampler] is null) traces.SetSampler(new AlwaysOnSampler());
        }

        public void AddMetrics(MeterProviderBuilder metrics)
        {
            metrics.AddRlhfMetrics();
            if (to.Metrics.ApplicationInsights) metrics.AddAzureMonitorMetricExporter(Connect, Credential);
            if (to.Metrics.Otlp) metrics.AddOtlpExporter();
            if (to.Metrics.Console) metrics.AddConsoleExporter();
        }

        public void AddLogs(LoggerProviderBuilder logs)
        {
            if (to.Logs.ApplicationInsights) logs.AddAzureMonitorLogExporter(Connect, Credential);
            if (to.Logs.Otlp) logs.AddOtlpExporter();
            if (to.Logs.Console) logs.AddConsoleExporter();
        }

        /// <summary>Where the resource takes no keys, the identity signs in: the platform's own setting says so (<c>Authorization=AAD</c>).</summary>
        private TokenCredential? Credential
        {
            get
            {
                var parts = (configuration[AppSettings.ApplicationInsightsAuthentication] ?? "").Split(';', StringSplitOptions.TrimEntries);
                if (!parts.Contains("Authorization=AAD", StringComparer.OrdinalIgnoreCase)) return null;
                const string ClientId = "ClientId=";
                var client = parts.FirstOrDefault(p => p.StartsWith(ClientId, StringComparison.OrdinalIgnoreCase))?[ClientId.Length..];
                return new DefaultAzureCredential(new DefaultAzureCredentialOptions
                {
                    ManagedIdentityClientId = client ?? configuration[AppSettings.Identity] ?? configuration[AppSettings.AzureClientId],
                });
            }
        }

        private void Connect(AzureMonitorExporterOptions options)
        {
            options.ConnectionString = to.ConnectionString;
            options.EnableTraceBasedLogsSampler = false;
            if (configuration[AppSettings.TracesSampler] is not null) return;
            // The exporter's default of five traces a second would tear holes into a campaign's one trace, which lasts for weeks.
            options.TracesPerSecond = null;
            options.SamplingRatio = 1;
        }
    }
}
