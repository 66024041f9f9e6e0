using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rlhf.Functions.Tests.Telemetry;

/// <summary>A chat endpoint that answers for one model, and for another repeats the key that it refuses and what it was asked.</summary>
internal sealed class UnkindEndpoint(WebApplication app) : IAsyncDisposable
{
    public Uri Address => new(app.Urls.Single() + "/v1");

    public static async Task<UnkindEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var answers = 0;
        app.MapPost("/v1/chat/completions", async context =>
        {
            var asked = (await JsonNode.ParseAsync(context.Request.Body))!;
            var isRefused = asked["model"]!.GetValue<string>().StartsWith("refused", StringComparison.Ordinal);
            context.Response.StatusCode = isRefused ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK;
            await context.Response.WriteAsJsonAsync(isRefused ? Refusal($"Incorrect API key provided: {context.Request.Headers.Authorization}. {asked["messages"]}") : Answer(Interlocked.Increment(ref answers)));
        });
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static JsonObject Refusal(string message) => new() { ["error"] = new JsonObject { ["code"] = "invalid_api_key", ["type"] = "error", ["message"] = message } };

    private static JsonObject Answer(int number) => new()
    {
        ["id"] = $"answer-{number}",
        ["object"] = "chat.completion",
        ["created"] = 1_700_000_000,
        ["model"] = "good-model",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["finish_reason"] = "stop", ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = $"Answer {number}." } }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 10, ["completion_tokens"] = 3, ["total_tokens"] = 13 },
    };
}
