using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Rlhf.Prompts;
using Rlhf.Telemetry;

namespace Rlhf.Generation.Endpoints;

/// <summary>Answers from a chat endpoint: a bounded number of calls at a time, each with its time-out; a rate limit holds back all of them.</summary>
/// <remarks>Retried: 429, 408, 5xx, a broken connection, an answer that can't be read; four attempts, waiting as long as the endpoint asks (a minute at most) or 1, 2, 4 s.
/// Not retried here: a time-out (it has already cost the whole wait) and a content filter (it would refuse again).</remarks>
public sealed partial class ChatClientGenerator(
    IChatClient client, GeneratorSettings settings, TimeProvider time, ILogger<ChatClientGenerator> logger, string? key = null) : IGenerator
{
    private const int Attempts = 4;
    private static readonly TimeSpan longestWait = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim slots = new(Math.Max(1, settings.Concurrency));
    private long pausedUntil;

    public string Name => settings.Name;

    private string Provider => settings.Kind == GeneratorKind.AzureOpenAI ? "azure.ai.openai" : "openai";

    public async Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(
        IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default)
    {
        // One fatal answer (a refused key, say) spares the endpoint the calls that have not begun.
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        return await Task.WhenAll(requests.Select(request => AnswerAsync(request, sampling, all)));
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        slots.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<GenerationOutcome> AnswerAsync(GenerationRequest request, SamplingSettings sampling, CancellationTokenSource all)
    {
        await slots.WaitAsync(all.Token);
        try
        {
            return await TryAsync(request, sampling, all.Token);
        }
        catch (RlhfException)
        {
            await all.CancelAsync();
            throw;
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<GenerationOutcome> TryAsync(GenerationRequest request, SamplingSettings sampling, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            await WaitForRateLimitAsync(cancellation);
            using var call = GenerationCall.Start(Provider, settings.Model, settings.Name, sampling, 1, ActivityKind.Client);
            EndpointFailure failure;
            try
            {
                var outcome = await CallAsync(request, sampling, cancellation);
                call.Answered(outcome);
                return outcome;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                call.Failed("timed-out");
                return Failed(new("timed-out", $"'{settings.Name}' did not answer within {settings.Timeout.TotalSeconds:0.###} s.", true));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failure = EndpointFailure.Of(e, settings, key, request.Messages);
                call.Failed(failure.Outcome.Code);
            }
            if (failure.Retry && attempt < Attempts)
            {
                HoldBack(failure, attempt);
                continue;
            }
            return failure.Fatal is null ? Failed(failure.Outcome) : throw failure.Fatal;
        }
    }

    private async Task<GenerationOutcome> CallAsync(GenerationRequest request, SamplingSettings sampling, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(settings.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var response = await client.GetResponseAsync(request.Messages.Select(ToChatMessage), ToOptions(request, sampling), either.Token);
        var prompt = (int)(response.Usage?.InputTokenCount ?? 0);
        var completion = (int)(response.Usage?.OutputTokenCount ?? 0);
        if (RefusalOf(response) is { } refusal)
            return new(null, FinishReason.ContentFilter, prompt, completion, new("content-filter", $"'{settings.Name}' refused: {refusal}", false));
        if (string.IsNullOrWhiteSpace(response.Text)) throw new InvalidDataException("it holds no text.");
        var reason = response.FinishReason == ChatFinishReason.Length ? FinishReason.Length : FinishReason.Stop;
        return new(response.Text, reason, prompt, completion);
    }

    private static string? RefusalOf(ChatResponse response)
    {
        if (response.FinishReason == ChatFinishReason.ContentFilter) return "its content filter stopped the answer";
        return response.Messages.SelectMany(m => m.Contents).OfType<ErrorContent>().FirstOrDefault()?.Message;
    }

    private static ChatMessage ToChatMessage(Message message) => new(
        message.Role switch
        {
            MessageRole.System => ChatRole.System,
            MessageRole.Assistant => ChatRole.Assistant,
            _ => ChatRole.User,
        },
        message.Content);

    private static ChatOptions ToOptions(GenerationRequest request, SamplingSettings sampling) => new()
    {
        MaxOutputTokens = sampling.MaximumTokens,
        Temperature = (float)sampling.Temperature,
        TopP = sampling.TopP < 1 ? (float)sampling.TopP : null,
        TopK = sampling.TopK > 0 ? sampling.TopK : null,
        Seed = request.Seed,
    };

    private void HoldBack(EndpointFailure failure, int attempt)
    {
        var wait = failure.RetryAfter ?? TimeSpan.FromSeconds(1 << (attempt - 1));
        if (wait > longestWait) wait = longestWait;
        var until = (time.GetUtcNow() + wait).UtcTicks;
        // The latest end counts; two calls may be refused at once.
        for (var seen = Volatile.Read(ref pausedUntil); seen < until;)
        {
            var before = Interlocked.CompareExchange(ref pausedUntil, until, seen);
            if (before == seen) break;
            seen = before;
        }
        LogHeldBack(settings.Name, wait.TotalSeconds, attempt, failure.Outcome.Message);
    }

    private async Task WaitForRateLimitAsync(CancellationToken cancellation)
    {
        for (; ; )
        {
            var wait = new DateTimeOffset(Volatile.Read(ref pausedUntil), TimeSpan.Zero) - time.GetUtcNow();
            if (wait <= TimeSpan.Zero) return;
            await Task.Delay(wait, time, cancellation);
        }
    }

    private static GenerationOutcome Failed(GenerationFailure failure) =>
        new(null, failure.Code == "content-filter" ? FinishReason.ContentFilter : FinishReason.Stop, Failure: failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Generator {Generator} is held back for {Seconds:0.0} s after attempt {Attempt}: {Failure}")]
    private partial void LogHeldBack(string generator, double seconds, int attempt, string failure);
}
