using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Rlhf.Bench.Functions.Baseline;

/// <summary>What the bench asks for: start a campaign, rank, how far is it.</summary>
public static class Http
{
    [Function("Start")]
    public static async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "campaigns/{campaign}")] HttpRequest request, string campaign, [DurableClient] DurableTaskClient client)
    {
        var input = new CampaignInput(campaign, int.Parse(request.Query["prompts"]!), int.Parse(request.Query["batch"]!));
        await client.ScheduleNewOrchestrationInstanceAsync(nameof(Campaign.RunCampaign), input, new StartOrchestrationOptions(campaign), request.HttpContext.RequestAborted);
        return Results.Accepted();
    }

    [Function("Rank")]
    public static async Task<IResult> Rank(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "campaigns/{campaign}/batches/{batch:int}/rankings/{prompt:int}")] HttpRequest request, string campaign, int batch, int prompt,
        [DurableClient] DurableTaskClient client)
    {
        await client.RaiseEventAsync(Campaign.BatchId(campaign, batch), Batch.EventOf(prompt), "first", request.HttpContext.RequestAborted);
        return Results.Accepted();
    }

    [Function("Read")]
    public static async Task<IResult> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "campaigns/{campaign}")] HttpRequest request, string campaign, [DurableClient] DurableTaskClient client)
    {
        var (waiting, completed) = (0, 0);
        var query = new OrchestrationQuery { InstanceIdPrefix = $"{campaign}-b", FetchInputsAndOutputs = true };
        await foreach (var instance in client.GetAllInstancesAsync(query).WithCancellation(request.HttpContext.RequestAborted))
        {
            if (instance.RuntimeStatus == OrchestrationRuntimeStatus.Completed) completed++;
            else if (instance.SerializedCustomStatus?.Contains(BatchStatus.Waiting, StringComparison.Ordinal) == true) waiting++;
        }
        return Results.Json(new { waiting, completed });
    }

    [Function("Health")]
    public static IResult Health([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request) => Results.Ok();
}
