using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rlhf.Local.Durable;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;

namespace Rlhf.Bench.Local;

/// <summary>What tracing costs the embedded engine: activities a second with every span recorded, batched and encoded, over those without a listener.</summary>
internal static class TelemetryBench
{
    private const int Rounds = 5;
    private const int Activities = 500;

    public static async Task RunAsync(string folder)
    {
        var steps = new StepRegistry().AddActivity<Nothing>().AddOrchestrator<AllAtOnce>();
        await using var services = new ServiceCollection().AddLogging().AddSingleton(steps).AddEmbeddedDurable(Path.Combine(folder, "traced.db")).BuildServiceProvider();
        var client = services.GetRequiredService<IOrchestrationClient>();
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        await RateAsync(client, "warm-up");

        var (without, with) = (new List<double>(), new List<double>());
        // In turns, so that whatever else the machine does meets both.
        for (var round = 0; round < Rounds; round++)
        {
            without.Add(await RateAsync(client, $"without{round}"));
            // Nobody listens there: what is measured is recording, batching and encoding.
            using var tracer = Sdk.CreateTracerProviderBuilder().AddRlhfTraces().AddOtlpExporter(o => o.Endpoint = new("http://127.0.0.1:9")).Build();
            with.Add(await RateAsync(client, $"with{round}"));
        }
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{"activities, 500 at once, traced / not, medians",-48} {Median(with),8:0}/s / {Median(without):0}/s = {Median(with) / Median(without):0.00}"));
    }

    private static async Task<double> RateAsync(IOrchestrationClient client, string id)
    {
        var start = Stopwatch.GetTimestamp();
        await client.ScheduleAsync(nameof(AllAtOnce), Activities, id);
        while (await client.GetAsync(id) is { HasEnded: false }) await Task.Delay(2);
        return Activities / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
