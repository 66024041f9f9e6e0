using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rlhf.Local.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Bench.Local;

internal static class EngineBench
{
    public static async Task RunAsync(string folder)
    {
        var steps = new StepRegistry().AddActivity<Nothing>().AddOrchestrator<OneByOne>().AddOrchestrator<AllAtOnce>().AddOrchestrator<ReadEvents>();
        await using var services = new ServiceCollection().AddLogging().AddSingleton(steps).AddEmbeddedDurable(Path.Combine(folder, "durable.db")).BuildServiceProvider();
        var client = services.GetRequiredService<IOrchestrationClient>();
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);

        await RunAsync(client, nameof(OneByOne), "warm-up", 20);
        await Measure.RateAsync("activities one by one", 200, () => RunAsync(client, nameof(OneByOne), "one", 200));
        await Measure.RateAsync("activities, 500 at once", 500, () => RunAsync(client, nameof(AllAtOnce), "all500", 500));
        await Measure.RateAsync("activities, 2,000 at once", 2_000, () => RunAsync(client, nameof(AllAtOnce), "all2000", 2_000));
        await Measure.RateAsync("instances of 5 activities, 100 at once (activities)", 500,
            () => Task.WhenAll(Enumerable.Range(0, 100).Select(i => RunAsync(client, nameof(OneByOne), $"many{i}", 5))));

        await client.ScheduleAsync(nameof(ReadEvents), 1_000, "events");
        await Measure.LatencyAsync("event raised, 16 clients", 16, 1_000, _ => client.RaiseEventAsync("events", "Item", 1));
        await Measure.RateAsync("events left to read (of 1,000)", 1_000, () => EndAsync(client, "events"));
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
    }

    private static async Task RunAsync(IOrchestrationClient client, string orchestrator, string id, int count)
    {
        await client.ScheduleAsync(orchestrator, count, id);
        await EndAsync(client, id);
    }

    private static async Task EndAsync(IOrchestrationClient client, string id)
    {
        while (await client.GetAsync(id) is { HasEnded: false }) await Task.Delay(2);
    }
}
