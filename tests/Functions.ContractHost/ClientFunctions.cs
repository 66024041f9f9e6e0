using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;
using Rlhf.Json;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.ContractHost;

/// <summary>The orchestration client of this host, for tests in another process. An exception of Core's goes back as its name and message.</summary>
public sealed class ClientFunctions(IOrchestrationClient orchestrations, DurableClientHolder clients)
{
    [Function("Schedule")]
    public Task<IResult> Schedule(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "orchestrations/{id}/{orchestrator}")] HttpRequest request, string id, string orchestrator, [DurableClient] DurableTaskClient client) =>
        RunAsync(client, async () =>
        {
            await orchestrations.ScheduleAsync(orchestrator, await ReadAsync(request), id, request.HttpContext.RequestAborted);
            return null;
        });

    [Function("Raise")]
    public Task<IResult> Raise(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orchestrations/{id}/events/{name}")] HttpRequest request, string id, string name, [DurableClient] DurableTaskClient client) =>
        RunAsync(client, async () =>
        {
            await orchestrations.RaiseEventAsync(id, name, await ReadAsync(request), request.HttpContext.RequestAborted);
            return null;
        });

    [Function("Get")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "orchestrations/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        RunAsync(client, async () => await orchestrations.GetAsync(id, request.HttpContext.RequestAborted));

    [Function("List")]
    public Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "orchestrations")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        RunAsync(client, async () => await orchestrations.ListAsync(request.Query["prefix"], request.HttpContext.RequestAborted).ToListAsync(request.HttpContext.RequestAborted));

    [Function("Terminate")]
    public Task<IResult> Terminate(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "orchestrations/{id}/terminate")] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        RunAsync(client, async () =>
        {
            await orchestrations.TerminateAsync(id, request.Query["reason"].ToString(), request.HttpContext.RequestAborted);
            return null;
        });

    [Function("Purge")]
    public Task<IResult> Purge(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "orchestrations/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client) =>
        RunAsync(client, async () => await orchestrations.PurgeAsync(id, request.HttpContext.RequestAborted));

    private async Task<IResult> RunAsync(DurableTaskClient client, Func<Task<object?>> call)
    {
        clients.Use(client);
        try
        {
            return Results.Json(await call(), RlhfJson.Options);
        }
        catch (RlhfException e)
        {
            return Results.Json(new { error = nameof(RlhfException), e.Code, e.Message, e.Remedy }, RlhfJson.Options, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (Exception e) when (e is DuplicateInstanceException or InstanceNotFoundException)
        {
            return Results.Json(new { error = e.GetType().Name }, RlhfJson.Options, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<object?> ReadAsync(HttpRequest request) =>
        await JsonSerializer.DeserializeAsync<JsonElement?>(request.Body, RlhfJson.Options, request.HttpContext.RequestAborted);
}
