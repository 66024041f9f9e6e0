using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Core.Tests.Generation.Endpoints;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Judging.Llm;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Local.Tests.Preferences;

namespace Rlhf.Local.Tests.Judging;

/// <summary>The language model as judge, over HTTP, in the whole pipeline.</summary>
public sealed class PreRankingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CampaignId Campaign => PipelineHost.Campaign;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Start_JudgesWhatIsPublishedBothWays_AndLeavesItToPeople()
    {
        await using var server = await ChatServer.StartAsync(JudgeAsync);
        await using var host = await StartAsync(server, [AnnotatorKind.Person]);
        var stand = await JudgeAllAsync(host, 20);
        Assert.Equal((20, 0, false), (stand.Figures.Votes, stand.Figures.Unreadable, stand.Counts));
        Assert.Equal(40, server.Calls.Count);
        Assert.All(server.Calls, c => Assert.Equal(0, c.Body.GetProperty("temperature").GetDouble()));
        Assert.InRange(stand.Figures.Consistency!.Share, 0.01, 0.99);
        Assert.True(stand.Figures.FirstSide!.Share > 0.5);
        Assert.Null(stand.Figures.WithPeople);

        var progress = await host.Get<ProgressReader>().ReadAsync(Campaign);
        Assert.Equal((20, 0), (progress.Open, progress.Rankings.Count));
        var ann = await host.InviteAsync("ann", AnnotatorKind.Person);
        for (var i = 0; i < 20; i++) Assert.NotNull(await host.JudgeNextAsync(ann, PipelineHost.ByRule));
        stand = await host.Get<PreRanking>().ReadAsync(Campaign);
        Assert.Equal(20, stand.Figures.WithPeople!.Count);
        Assert.All(await SampleLabels.PairsAsync(host, Campaign), p => Assert.Equal([AnnotatorKind.Person], p.AnnotatorKinds));

        // What it has judged is not asked about again.
        await JudgeAllAsync(host, 20);
        Assert.Equal(40, server.Calls.Count);
    }

    [Fact]
    public async Task Start_WhereTheCampaignTrainsOnIt_HandsItsRankingsIn()
    {
        await using var server = await ChatServer.StartAsync(JudgeAsync);
        await using var host = await StartAsync(server, [AnnotatorKind.Person, AnnotatorKind.Llm]);
        Assert.True((await JudgeAllAsync(host, 20)).Counts);
        var progress = await Eventually.GetAsync(async () => await host.Get<ProgressReader>().ReadAsync(Campaign) is { Complete: 20 } all ? all : null, "all ranked");
        Assert.Equal([KeyValuePair.Create(AnnotatorKind.Llm, 20)], progress.Rankings);
        Assert.All(await SampleLabels.PairsAsync(host, Campaign), p => Assert.Equal([AnnotatorKind.Llm], p.AnnotatorKinds));
    }

    [Fact]
    public async Task Start_WithImported_JudgesWhatCameRankedAndIsHeldAgainstThem()
    {
        await using var server = await ChatServer.StartAsync(JudgeAsync);
        await using var host = await StartAsync(server, [AnnotatorKind.Person]);
        var lines = Enumerable.Range(100, 10).Select(i => $$"""{"prompt": "My router {{i}} is dark", "chosen": "Thank you, I will look.", "rejected": "No."}""");
        using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        await host.Get<CampaignService>().ImportAsync(Campaign, file, new("old.jsonl", Kind: AnnotatorKind.Person));
        Assert.Null((await JudgeAllAsync(host, 20)).Figures.WithPeople);
        var stand = await JudgeAllAsync(host, 30, imported: true);
        Assert.Equal(10, stand.Figures.WithPeople!.Count);
        Assert.True(stand.Figures.WithPeople.Share > 0.5);
    }

    [Fact]
    public async Task Start_AnotherModel_JudgesAnew()
    {
        await using var server = await ChatServer.StartAsync(JudgeAsync);
        await using var host = await StartAsync(server, [AnnotatorKind.Person]);
        await JudgeAllAsync(host, 20);
        await host.Get<CampaignStore>().UpdateAsync(Campaign, c => c with { Settings = c.Settings with { LlmJudge = c.Settings.LlmJudge! with { Model = "other-model" } } });
        Assert.Equal(0, (await host.Get<PreRanking>().ReadAsync(Campaign)).Figures.Votes);
        await JudgeAllAsync(host, 20);
        Assert.Equal(80, server.Calls.Count);
    }

    [Fact]
    public async Task Start_KeyRefused_SaysWhy()
    {
        await using var server = await ChatServer.StartAsync((_, response) => ChatServer.RefuseAsync(response, 401, "invalid_api_key", "Incorrect API key provided."));
        await using var host = await StartAsync(server, [AnnotatorKind.Person]);
        await host.Get<PreRanking>().StartAsync(Campaign);
        var stand = await Eventually.GetAsync(async () => await host.Get<PreRanking>().ReadAsync(Campaign) is { Trouble: not null } stopped ? stopped : null, "trouble");
        Assert.Contains("key", stand.Trouble!, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((0, false), (stand.Figures.Votes, stand.IsRunning));
    }

    [Fact]
    public async Task Start_WithoutAJudge_IsRefused()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync();
        Assert.Equal("no-llm-judge", (await Assert.ThrowsAsync<RlhfException>(() => host.Get<PreRanking>().StartAsync(Campaign))).Code);
    }

    /// <summary>Prefers the kind answer, but takes the first for every fourth prompt.</summary>
    private static Task JudgeAsync(ChatServer.Call call, HttpResponse response)
    {
        var question = call.LastMessage!;
        var answers = question[question.IndexOf(" answer 1>>>", StringComparison.Ordinal)..];
        var isKindFirst = answers.IndexOf("Thank you", StringComparison.Ordinal) is var kind and >= 0 && kind < answers.IndexOf(" answer 2>>>", StringComparison.Ordinal);
        var number = int.Parse(question.Split("My router ")[1].Split(' ')[0]);
        return ChatServer.SayAsync(response, $"It is kinder.\nVerdict: {(number % 4 == 0 || isKindFirst ? 1 : 2)}");
    }

    private static async Task<PreRankingStand> JudgeAllAsync(PipelineHost host, int count, bool imported = false)
    {
        await host.Get<PreRanking>().StartAsync(Campaign, imported);
        return await Eventually.GetAsync(async () => await host.Get<PreRanking>().ReadAsync(Campaign) is { IsRunning: false } done && done.Figures.Votes == count ? done : null, "all judged");
    }

    /// <summary>Twenty comparisons, published.</summary>
    private async Task<PipelineHost> StartAsync(ChatServer server, IReadOnlyList<AnnotatorKind> trainOn)
    {
        var host = await PipelineHost.StartAsync(folder, replace: (services, own) => services.AddSingleton<IGeneratorFactory>(new JudgeAmongGenerators(own.Generators)));
        await host.CreateAsync(PipelineHost.Settings with
        {
            TrainOn = trainOn,
            TrainWhenLabeled = false,
            LlmJudge = new("gpt", GeneratorKind.OpenAI, "test-model", server.OpenAIAddress),
        });
        await host.DropAsync(20);
        await Eventually.GetAsync(async () => await host.Get<ProgressReader>().ReadAsync(Campaign) is { Comparisons: 20 } all ? all : null, "comparisons");
        return host;
    }

    /// <summary>The judge is a real endpoint's client; answers are written by the test's own generators.</summary>
    private sealed class JudgeAmongGenerators(TestGenerators others) : IGeneratorFactory
    {
        public ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default)
        {
            if (settings.Kind != GeneratorKind.OpenAI) return others.OpenAsync(settings, cancellation);
            var clients = new EndpointClients(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("OPENAI_API_KEY", "key-1")]).Build());
            return ValueTask.FromResult<IGenerator>(new ChatClientGenerator(clients.Create(settings), settings, TimeProvider.System, NullLogger<ChatClientGenerator>.Instance));
        }
    }
}
