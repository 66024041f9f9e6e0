using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rlhf.Core.Tests.Generation.Endpoints;

/// <summary>A server that speaks the chat completions protocol, of OpenAI (<c>/v1/chat/completions</c>) and of Azure (<c>/openai/deployments/…</c>); each test says what it answers.</summary>
internal sealed class ChatServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Lock gate = new();
    private int inFlight;

    private ChatServer(WebApplication app) => this.app = app;

    public List<Call> Calls { get; } = [];

    public int MostInFlight { get; private set; }

    public Uri Address { get; private set; } = null!;

    public Uri OpenAIAddress => new(Address, "/v1");

    /// <param name="answer">Given the call (its number from 0 in it) writes the answer.</param>
    public static async Task<ChatServer> StartAsync(Func<Call, HttpResponse, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ChatServer(builder.Build());
        server.app.MapPost("{**path}", context => server.HandleAsync(context, answer));
        await server.app.StartAsync();
        server.Address = new Uri(server.app.Urls.Single());
        return server;
    }

    public static Task SayAsync(HttpResponse response, string? text, string finishReason = "stop", string? refusal = null) =>
        WriteAsync(response, 200, new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 1,
            ["model"] = "test-model",
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["finish_reason"] = finishReason,
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text, ["refusal"] = refusal },
            }),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 7, ["completion_tokens"] = 5, ["total_tokens"] = 12 },
        });

    public static Task RefuseAsync(HttpResponse response, int status, string code, string message) =>
        WriteAsync(response, status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["type"] = "error" } });

    private static Task WriteAsync(HttpResponse response, int status, JsonObject body)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        return response.WriteAsync(body.ToJsonString());
    }

    private async Task HandleAsync(HttpContext context, Func<Call, HttpResponse, Task> answer)
    {
        var body = await JsonDocument.ParseAsync(context.Request.Body);
        Call call;
        lock (gate)
        {
            call = new(Calls.Count, context.Request.Path + context.Request.QueryString, body.RootElement,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), context.RequestAborted);
            Calls.Add(call);
            MostInFlight = Math.Max(MostInFlight, ++inFlight);
        }
        try
        {
            await answer(call, context.Response);
        }
        finally
        {
            lock (gate) inFlight--;
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    internal sealed record Call(
        int Number, string Path, JsonElement Body, IReadOnlyDictionary<string, string> Headers, CancellationToken Aborted)
    {
        public string LastMessage => Body.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString()!;
    }
}
