using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rlhf.Telemetry;

namespace Rlhf.Core.Tests.Telemetry;

public sealed class TelemetryRegistrationTests
{
    [Fact]
    public void NothingSet_NothingIsRegistered()
    {
        var configuration = Configure();
        using var services = Build(configuration);

        Assert.False(configuration.IsTelemetryOn());
        Assert.Null(services.GetService<TracerProvider>());
        Assert.Null(services.GetService<MeterProvider>());
        Assert.Empty(services.GetServices<ILoggerProvider>());
        Assert.Empty(services.GetServices<IHostedService>());
    }

    [Theory]
    [InlineData(AppSettings.OtlpEndpoint, "http://127.0.0.1:4317")]
    [InlineData(AppSettings.ApplicationInsights, "InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:9/")]
    public void Destination_GetsTracesMetricsAndLogs(string key, string value)
    {
        var configuration = Configure((key, value));
        using var services = Build(configuration);

        Assert.True(configuration.IsTelemetryOn());
        Assert.NotNull(services.GetService<TracerProvider>());
        Assert.NotNull(services.GetService<MeterProvider>());
        Assert.Single(services.GetServices<ILoggerProvider>().OfType<OpenTelemetryLoggerProvider>());
    }

    [Fact]
    public void Console_OnlyForWhatNamesIt()
    {
        using var services = Build(Configure((AppSettings.TracesExporter, "console")));

        Assert.NotNull(services.GetService<TracerProvider>());
        Assert.Null(services.GetService<MeterProvider>());
        Assert.Empty(services.GetServices<ILoggerProvider>());
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData(null, "true")]
    public void SwitchedOff_InSpiteOfADestination_IsOff(string? exporter, string? disabled)
    {
        var configuration = Configure(
            (AppSettings.OtlpEndpoint, "http://127.0.0.1:4317"), (AppSettings.TelemetryDisabled, disabled),
            (AppSettings.TracesExporter, exporter), (AppSettings.MetricsExporter, exporter), (AppSettings.LogsExporter, exporter));

        Assert.False(configuration.IsTelemetryOn());
    }

    [Fact]
    public void UnknownExporter_IsNamedWithTheWayOut()
    {
        var configuration = Configure((AppSettings.MetricsExporter, "prometheus"));

        var error = Assert.Throws<RlhfException>(() => new ServiceCollection().AddRlhfTelemetry(configuration, "test"));

        Assert.Equal("unknown-exporter", error.Code);
        Assert.Contains("OTEL_METRICS_EXPORTER is 'prometheus'", error.Message, StringComparison.Ordinal);
        Assert.Contains("otlp", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.table.core.windows.net/invites(PartitionKey='support',RowKey='jane-doe')?sig=secret", "https://a.table.core.windows.net/invites")]
    [InlineData("https://a.blob.core.windows.net/runs/x/status.json?sv=1&sig=secret", "https://a.blob.core.windows.net/runs/x/status.json")]
    [InlineData("https://user:password@example.org/v1/chat/completions?key=secret#token=secret", "https://example.org/v1/chat/completions")]
    public void AddressOfACall_IsShownWithoutRowsQueriesAndNames(string address, string shown) => Assert.Equal(shown, HttpSpans.Shown(new Uri(address)));

    private static ServiceProvider Build(IConfiguration configuration) => new ServiceCollection().AddRlhfTelemetry(configuration, "test").BuildServiceProvider();

    private static IConfiguration Configure(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value))).Build();
}
