using System.Text.Json;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Rlhf.Bench.Functions.Baseline;

public sealed record BatchInput(string Id, int[] Prompts);

public sealed record PairsInput(string Id, string[] Answers, string[] Rankings);

/// <summary>One activity a prompt, one event a prompt, one activity that writes the pairs.</summary>
public static class Batch
{
    private const string Container = "baseline-pairs";

    private static readonly Lazy<Task<BlobContainerClient>> pairs = new(OpenAsync);

    [Function(nameof(RunBatch))]
    public static async Task RunBatch([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<BatchInput>()!;
        var answers = await Task.WhenAll(input.Prompts.Select(prompt => context.CallActivityAsync<string>(nameof(Answer), prompt)));
        context.SetCustomStatus(BatchStatus.Waiting);
        var rankings = await Task.WhenAll(input.Prompts.Select(prompt => context.WaitForExternalEvent<string>(EventOf(prompt))));
        await context.CallActivityAsync(nameof(WritePairs), new PairsInput(input.Id, answers, rankings));
    }

    [Function(nameof(Answer))]
    public static string Answer([ActivityTrigger] int prompt) => $"Answer {prompt}.";

    [Function(nameof(WritePairs))]
    public static async Task WritePairs([ActivityTrigger] PairsInput input)
    {
        var lines = input.Answers.Zip(input.Rankings, (answer, ranking) => JsonSerializer.Serialize(new { answer, ranking }));
        await (await pairs.Value).GetBlobClient($"{input.Id}.jsonl").UploadAsync(BinaryData.FromString(string.Join('\n', lines)), overwrite: true);
    }

    public static string EventOf(int prompt) => $"Ranked-{prompt}";

    private static async Task<BlobContainerClient> OpenAsync()
    {
        var container = new BlobContainerClient(Environment.GetEnvironmentVariable("AzureWebJobsStorage"), Container);
        await container.CreateIfNotExistsAsync();
        return container;
    }
}

public static class BatchStatus
{
    public const string Waiting = "waiting";
}
