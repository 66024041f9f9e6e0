using Azure.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Generation.Jobs;
using Rlhf.Judging;
using Rlhf.Judging.Llm;
using Rlhf.Labeling;
using Rlhf.LabelStudio;
using Rlhf.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;
using Rlhf.Training.FineTuning;
using Rlhf.Training.Launching;
using Rlhf.Training.Reporting;
using Rlhf.Web;

namespace Rlhf;

/// <summary>The one registration that serves both hosts.</summary>
public static class ServiceRegistration
{
    /// <summary>Adds the whole pipeline. The host supplies IBlobStore, ITableStore, IOrchestrationClient, IJobLauncher, IGeneratorFactory, ISigningKeys and IOwnerAccess.</summary>
    public static IServiceCollection AddRlhf(this IServiceCollection services, PipelineOptions? options = null)
    {
        services.AddPipeline(options);
        services.AddRlhfWeb();
        return services;
    }

    /// <summary>All but the pages and the HTTP API.</summary>
    public static IServiceCollection AddPipeline(this IServiceCollection services, PipelineOptions? options = null)
    {
        services.AddSingleton(options ?? new PipelineOptions());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StorageHealth>();
        services.AddSingleton(Steps());
        services.AddLabeling();

        services.AddSingleton<CampaignStore>().AddSingleton<BatchStore>().AddSingleton<ProgressReader>().AddSingleton<CampaignService>().AddSingleton<GuidelinesStore>().AddSingleton<SettingsService>();
        services.AddSingleton<PromptStore>().AddSingleton<IngestLog>().AddSingleton<PromptIngest>().AddSingleton<InboxSweeper>();
        services.AddSingleton<AnswerWriter>().AddSingleton<RoundGenerators>().AddSingleton<BatchAnswers>().AddSingleton<TokenLedger>();
        services.AddSingleton<AnnotatorModels>().AddSingleton<PairStore>().AddFormats().AddLabelStudio();
        services.AddSingleton<RunStore>().AddSingleton<RunService>().AddSingleton<RunReporter>().AddSingleton<SnapshotBuilder>();
        services.AddSingleton<RunLauncher>().AddSingleton<JobFollower>().AddSingleton<AnswerJobs>();
        services.TryAddSingleton<EndpointClients>(s => new(s.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build(), s.GetService<TokenCredential>()));
        services.TryAddSingleton(s => FineTuningOptions.From(s.GetService<IConfiguration>()));
        services.AddSingleton<FineTuningLauncher>();
        services.AddSingleton<EvaluationStore>().AddSingleton<PeopleJudge>().AddSingleton<BatchResults>();
        services.AddSingleton<CampaignSignals>().AddSingleton<GenerateAnswers>().AddSingleton<PublishBatch>();
        services.AddSingleton<LlmJudge>().AddSingleton<LlmVotes>().AddSingleton<PreRanking>();
        return services;
    }

    /// <summary>All orchestrators and activities; a host runs them by name.</summary>
    private static StepRegistry Steps() => new StepRegistry()
        .AddOrchestrator<RunCampaign>()
        .AddActivity<RecoverCampaign>()
        .AddActivity<LookAtCampaign>()
        .AddActivity<StartBatches>()
        .AddActivity<CompleteRound>()
        .AddOrchestrator<LabelBatch>()
        .AddActivity<BeginBatch>()
        .AddActivity<GenerateAnswers>()
        .AddActivity<PauseCampaign>()
        .AddActivity<PublishBatch>()
        .AddActivity<LookAtBatch>()
        .AddActivity<EndBatch>()
        .AddOrchestrator<TrainPolicy>()
        .AddActivity<BeginRun>()
        .AddActivity<FollowJob>()
        .AddActivity<EndRun>()
        .AddActivity<FailRun>()
        .AddOrchestrator<EvaluateModel>()
        .AddActivity<PlanEvaluation>()
        .AddActivity<AnswerTestPrompts>()
        .AddActivity<JudgeModels>()
        .AddOrchestrator<OrderCampaign>()
        .AddActivity<OrderComparisons>()
        .AddOrchestrator<PreRank>()
        .AddActivity<PreRankBatch>()
        .AddActivity<HandInVotes>();
}
