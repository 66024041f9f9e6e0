using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rlhf.Bench.Functions;

/// <summary>A chat endpoint that answers at once and never twice the same, so that what is measured is the pipeline and not a model.</summary>
internal sealed class InstantChat(WebApplication app) : IAsyncDisposable
{
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/v1");

    public static async Task<InstantChat> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var answers = 0;
        app.MapPost("/v1/chat/completions", () => Results.Json(Completion(Interlocked.Increment(ref answers))));
        await app.StartAsync(cancellation);
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static object Completion(int number) => new
    {
        id = $"answer-{number}",
        @object = "chat.completion",
        created = 1_700_000_000,
        model = "instant",
        choices = new[] { new { index = 0, finish_reason = "stop", message = new { role = "assistant", content = $"Answer {number}." } } },
        usage = new { prompt_tokens = 10, completion_tokens = 3, total_tokens = 13 },
    };
}
