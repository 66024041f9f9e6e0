using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Rlhf.Bench.Functions.Baseline;

public sealed record CampaignInput(string Id, int Prompts, int BatchSize);

/// <summary>Sub-orchestrations, one a batch.</summary>
public static class Campaign
{
    [Function(nameof(RunCampaign))]
    public static Task RunCampaign([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<CampaignInput>()!;
        var batches = Enumerable.Range(0, input.Prompts).Chunk(input.BatchSize).Select((prompts, number) => new BatchInput(BatchId(input.Id, number), prompts));
        return Task.WhenAll(batches.Select(batch => context.CallSubOrchestratorAsync(nameof(Batch.RunBatch), batch, new SubOrchestrationOptions { InstanceId = batch.Id })));
    }

    public static string BatchId(string campaign, int number) => $"{campaign}-b{number}";
}
