using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;

namespace Rlhf.Local.Tests.LabelStudio;

/// <summary>A whole campaign that nobody labels here: its batches wait while it is labeled in somebody's Label Studio.</summary>
public sealed class StudioCampaignTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Campaign_LabeledOnAServerOnly_GoesFromPromptsToPairs()
    {
        await using var server = await LabelStudioServer.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(AppSettings.LabelStudioToken, LabelStudioServer.Token)]).Build();
        await using var host = await PipelineHost.StartAsync(folder, replace: (services, _) => services.AddSingleton<IConfiguration>(configuration));
        await host.CreateAsync(PipelineHost.Settings with
        {
            TrainOn = [AnnotatorKind.Person],
            TrainWhenLabeled = false,
            LabelStudio = new(server.Address, LabelStudioServer.Project) { PollEvery = TimeSpan.FromSeconds(1) },
        });
        await host.DropAsync(20);
        var tasks = await Eventually.GetAsync(async () => server.Tasks is var all && all.Count == await PublishedAsync(host) ? all : null, "all comparisons are tasks there");
        foreach (var task in tasks) server.Annotate(task["id"]!.GetValue<long>(), user: 1, "left");
        await host.StateAsync(CampaignState.Completed);
        var progress = await host.Get<CampaignService>().GetProgressAsync(PipelineHost.Campaign);
        Assert.Equal((0, tasks.Count), (progress.Open, progress.Rankings[AnnotatorKind.Person]));
        Assert.Equal(tasks.Count, progress.Pairs);
        Assert.Equal(tasks.Count, server.Tasks.Count);
    }

    /// <summary>Comparisons of both batches, once they are open.</summary>
    private static async Task<int> PublishedAsync(PipelineHost host)
    {
        var batches = await host.Get<BatchStore>().ListAsync(PipelineHost.Campaign);
        return batches.Count == 2 && batches.All(b => b.State == BatchState.Open) ? batches.Sum(b => b.Comparisons) : -1;
    }
}
