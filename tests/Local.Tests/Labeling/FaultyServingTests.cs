using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Rlhf.Labeling;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Local.Tests.Web;
using Rlhf.Storage;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Labeling;

/// <summary>Storage fails at one call after the other, of everything between publishing a batch and its last ranking.</summary>
public sealed class FaultyServingTests
{
    private const int Attempts = 3;

    private readonly FakeTimeProvider time = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PublishServeAndSubmit_AnyOneCallFails_EveryComparisonIsRankedOnce(bool isDone)
    {
        FaultyTables? tables = null;
        await using var host = await WebHost.StartAsync(services => tables = Decorate(services), time);
        await host.PublishAsync(count: 1);
        var annotator = await host.InviteAsync();
        var task = (await annotator.NextAsync()).Task!;
        await annotator.RankAsync(task);

        var injected = 1;
        for (var call = 1; injected > 0; call++)
        {
            tables!.Faults.Once(call, isDone);
            var published = await RetryAsync(() => host.PublishAsync(count: 2, batch: call + 1));
            await RankAllAsync(host, annotator);
            injected = tables!.Faults.Injected;
            tables.Faults.Once(0, isDone);

            var rankings = await host.Get<RankingStore>().ReadBatchAsync(published[0].Batch);
            Assert.Equal(published.Select(c => c.Id.Value).Order(), rankings.Where(r => !r.Extra).Select(r => r.Comparison.Value).Order());
            Assert.Equal(NextStatus.Done, (await annotator.NextAsync()).Status);
        }
    }

    private async Task RankAllAsync(WebHost host, WebHost.Annotator annotator)
    {
        var server = host.Get<TaskServer>();
        var waits = 0;
        while (true)
        {
            var next = await RetryAsync(() => server.NextAsync(WebHost.Campaign, annotator.Invite, []));
            if (next.Task is { } task)
            {
                await RetryAsync(() => host.Get<RankingService>().SubmitAsync(WebHost.Campaign, annotator.Invite, task.Comparison, new(RankingOutcome.Ranked, [["1"], ["2"]])));
                continue;
            }
            if (next.Status != NextStatus.Wait) return;
            // A claim whose answer was lost comes back to its annotator by itself.
            Assert.InRange(++waits, 1, 3);
            time.Advance(OpenScan.LostAfter + TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<T> RetryAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (RlhfException e) when (e.IsTransient && attempt < Attempts)
            {
                // As the client of a page and a step's retry policy do.
            }
        }
    }

    internal static FaultyTables Decorate(IServiceCollection services)
    {
        var real = (ITableStore)services.Last(s => s.ServiceType == typeof(ITableStore)).ImplementationInstance!;
        var faulty = new FaultyTables(real);
        services.Replace(ServiceDescriptor.Singleton<ITableStore>(faulty));
        return faulty;
    }
}
