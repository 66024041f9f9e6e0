using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Rlhf.Generation;
using Rlhf.Generation.Endpoints;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Generation.Endpoints;

public sealed class ChatClientGeneratorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generate_TwoPrompts_AnswersInOrderWithCountsAndSettings()
    {
        await using var server = await ChatServer.StartAsync((call, response) => ChatServer.SayAsync(response, $"re: {call.LastMessage}"));
        await using var generator = Open(server, key: "key-1");

        var outcomes = await generator.GenerateAsync(Ask("one", "two"), new SamplingSettings(MaximumTokens: 33, Temperature: 0.5, TopP: 0.9), Cancellation);

        Assert.Equal(["re: one", "re: two"], outcomes.Select(o => o.Text));
        Assert.All(outcomes, o => Assert.Equal((FinishReason.Stop, 7, 5), (o.FinishReason, o.PromptTokens, o.CompletionTokens)));
        var body = server.Calls[0].Body;
        Assert.Equal("test-model", body.GetProperty("model").GetString());
        Assert.Equal("system", body.GetProperty("messages")[0].GetProperty("role").GetString());
        Assert.Equal(0.5, body.GetProperty("temperature").GetDouble(), 3);
        Assert.Equal(0.9, body.GetProperty("top_p").GetDouble(), 3);
        Assert.Equal(33, body.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal([11L, 12L], server.Calls.Select(c => c.Body.GetProperty("seed").GetInt64()).Order());
        Assert.All(server.Calls, c => Assert.Equal("Bearer key-1", c.Headers["Authorization"]));
    }

    [Fact]
    public async Task Generate_AzureDeployment_AsksTheDeploymentWithTheKey()
    {
        await using var server = await ChatServer.StartAsync((_, response) => ChatServer.SayAsync(response, "hello"));
        var settings = new GeneratorSettings("azure", GeneratorKind.AzureOpenAI, "my-deployment", server.Address);
        await using var generator = Open(settings, ("Generators:azure:Key", "azure-key"));

        var outcome = Assert.Single(await generator.GenerateAsync(Ask("hi"), new(), Cancellation));

        Assert.Equal("hello", outcome.Text);
        Assert.StartsWith("/openai/deployments/my-deployment/chat/completions?api-version=", server.Calls[0].Path, StringComparison.Ordinal);
        Assert.Equal("azure-key", server.Calls[0].Headers["api-key"]);
    }

    [Fact]
    public async Task Generate_CutOff_SaysLength()
    {
        await using var server = await ChatServer.StartAsync((_, response) => ChatServer.SayAsync(response, "and then", "length"));
        await using var generator = Open(server);

        var outcome = Assert.Single(await generator.GenerateAsync(Ask("go on"), new(), Cancellation));

        Assert.Equal(("and then", FinishReason.Length), (outcome.Text, outcome.FinishReason));
    }

    [Fact]
    public async Task Generate_RateLimited_WaitsAsLongAsAskedThenAnswers()
    {
        await using var server = await ChatServer.StartAsync((call, response) =>
        {
            if (call.Number > 0) return ChatServer.SayAsync(response, "at last");
            response.Headers.RetryAfter = "1";
            return ChatServer.RefuseAsync(response, 429, "rate_limit_exceeded", "slow down");
        });
        await using var generator = Open(server);
        var clock = Stopwatch.StartNew();

        var outcome = Assert.Single(await generator.GenerateAsync(Ask("hi"), new(), Cancellation));

        Assert.Equal("at last", outcome.Text);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.95, 30);
    }

    [Fact]
    public async Task Generate_RateLimitedForGood_IsAnOutcomeAfterFourCalls()
    {
        await using var server = await ChatServer.StartAsync((_, response) =>
        {
            response.Headers["retry-after-ms"] = "5";
            return ChatServer.RefuseAsync(response, 429, "rate_limit_exceeded", "slow down");
        });
        await using var generator = Open(server);

        var outcome = Assert.Single(await generator.GenerateAsync(Ask("hi"), new(), Cancellation));

        Assert.Equal(("rate-limited", true), (outcome.Failure?.Code, outcome.Failure?.IsTransient));
        Assert.Null(outcome.Text);
        Assert.Equal(4, server.Calls.Count);
    }

    [Fact]
    public async Task Generate_RateLimitOfOneCall_HoldsBackTheOthers()
    {
        var refusedAt = 0L;
        await using var server = await ChatServer.StartAsync((call, response) =>
        {
            if (call.Number > 0) return ChatServer.SayAsync(response, Stopwatch.GetElapsedTime(Volatile.Read(ref refusedAt)).TotalMilliseconds.ToString("0"));
            Volatile.Write(ref refusedAt, Stopwatch.GetTimestamp());
            response.Headers["retry-after-ms"] = "400";
            return ChatServer.RefuseAsync(response, 429, "rate_limit_exceeded", "slow down");
        });
        await using var generator = Open(server, concurrency: 1);

        var outcomes = await generator.GenerateAsync(Ask("one", "two", "three"), new(), Cancellation);

        Assert.All(outcomes, o => Assert.True(double.Parse(o.Text!) >= 380, $"asked again {o.Text} ms after the refusal"));
    }

    [Theory]
    [InlineData("content_filter", null)]
    [InlineData("stop", "I can't help with that.")]
    public async Task Generate_RefusedWithinTheAnswer_IsAContentFilterOutcome(string finishReason, string? refusal)
    {
        await using var server = await ChatServer.StartAsync((call, response) =>
            call.LastMessage == "bad" ? ChatServer.SayAsync(response, null, finishReason, refusal) : ChatServer.SayAsync(response, "fine"));
        await using var generator = Open(server);

        var outcomes = await generator.GenerateAsync(Ask("bad", "good"), new(), Cancellation);

        Assert.Equal("content-filter", outcomes[0].Failure?.Code);
        Assert.Equal((FinishReason.ContentFilter, false), (outcomes[0].FinishReason, outcomes[0].Failure!.IsTransient));
        Assert.Equal("fine", outcomes[1].Text);
    }

    [Theory]
    [InlineData("content_filter", "content-filter")]
    [InlineData("context_length_exceeded", "prompt-too-long")]
    [InlineData("invalid_value", "endpoint-error")]
    public async Task Generate_RefusedWithStatus400_IsAnOutcomeAndNotAskedAgain(string code, string expected)
    {
        await using var server = await ChatServer.StartAsync((_, response) => ChatServer.RefuseAsync(response, 400, code, "no"));
        await using var generator = Open(server);

        var outcome = Assert.Single(await generator.GenerateAsync(Ask("hi"), new(), Cancellation));

        Assert.Equal((expected, false), (outcome.Failure?.Code, outcome.Failure?.IsTransient));
        Assert.Single(server.Calls);
    }

    [Fact]
    public async Task Generate_Hangs_TimesOutAndTheOthersAnswer()
    {
        await using var server = await ChatServer.StartAsync((call, response) =>
            call.LastMessage == "hang" ? Task.Delay(Timeout.Infinite, call.Aborted) : ChatServer.SayAsync(response, "quick"));
        await using var generator = Open(server, timeout: TimeSpan.FromSeconds(1));

        var outcomes = await generator.GenerateAsync(Ask("hang", "go"), new(), Cancellation);

        Assert.Equal(("timed-out", true), (outcomes[0].Failure?.Code, outcomes[0].Failure?.IsTransient));
        Assert.Contains("1 s", outcomes[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Equal("quick", outcomes[1].Text);
    }

    [Theory]
    [InlineData("{\"choices\": []}")]
    [InlineData("<html>gateway</html>")]
    [InlineData("{\"choices\": [{\"message\": 7}]}")]
    [InlineData("")]
    public async Task Generate_AnswerThatCantBeRead_IsRetriedThenAnOutcome(string body)
    {
        var broken = 1;
        await using var server = await ChatServer.StartAsync((_, response) =>
        {
            if (Interlocked.Decrement(ref broken) < 0) return ChatServer.SayAsync(response, "readable");
            response.ContentType = "application/json";
            return response.WriteAsync(body);
        });
        await using var generator = Open(server);

        var outcome = Assert.Single(await generator.GenerateAsync(Ask("hi"), new(), Cancellation));

        Assert.Equal("readable", outcome.Text);
        Assert.Equal(2, server.Calls.Count);
    }

    [Theory]
    [InlineData(401, "invalid_api_key", "endpoint-key-refused")]
    [InlineData(403, "forbidden", "endpoint-key-refused")]
    [InlineData(404, "DeploymentNotFound", "endpoint-model-not-found")]
    [InlineData(429, "insufficient_quota", "endpoint-quota-spent")]
    public async Task Generate_NothingWorks_ThrowsAndSparesTheRest(int status, string code, string expected)
    {
        await using var server = await ChatServer.StartAsync((_, response) => ChatServer.RefuseAsync(response, status, code, "no"));
        await using var generator = Open(server, concurrency: 1);

        var error = await Assert.ThrowsAsync<RlhfException>(
            () => generator.GenerateAsync(Ask(Enumerable.Range(0, 50).Select(i => $"{i}").ToArray()), new(), Cancellation));

        Assert.Equal(expected, error.Code);
        Assert.InRange(server.Calls.Count, 1, 2);
    }

    [Fact]
    public async Task Generate_NobodyListens_ThrowsUnreachableAsTransient()
    {
        // Bound, so that no other test gets the port, and not listening.
        using var silent = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        silent.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var address = $"http://127.0.0.1:{((System.Net.IPEndPoint)silent.LocalEndPoint!).Port}/v1";
        await using var generator = Open(new GeneratorSettings("gone", GeneratorKind.OpenAI, "m", new Uri(address)), time: new ImpatientTime());

        var error = await Assert.ThrowsAsync<RlhfException>(() => generator.GenerateAsync(Ask("hi"), new(), Cancellation));

        Assert.Equal(("endpoint-unreachable", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Generate_ManyPrompts_KeepsToItsConcurrency()
    {
        await using var server = await ChatServer.StartAsync(async (_, response) =>
        {
            await Task.Yield();
            await ChatServer.SayAsync(response, "ok");
        });
        await using var generator = Open(server, concurrency: 3);

        await generator.GenerateAsync(Ask(Enumerable.Range(0, 60).Select(i => $"{i}").ToArray()), new(), Cancellation);

        Assert.Equal(60, server.Calls.Count);
        Assert.InRange(server.MostInFlight, 1, 3);
    }

    [Fact]
    public async Task Generate_Cancelled_Stops()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var server = await ChatServer.StartAsync(async (call, _) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, call.Aborted);
        });
        await using var generator = Open(server);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(Ask("hi"), new(), stop.Token));
    }

    [Fact]
    public void Create_OpenAIWithoutKey_NamesTheGeneratorAndTheWayOut()
    {
        var error = Assert.Throws<RlhfException>(() => Open(new GeneratorSettings("gpt", GeneratorKind.OpenAI, "gpt-4o")));

        Assert.Equal("endpoint-key-missing", error.Code);
        Assert.Contains("'gpt'", error.Message, StringComparison.Ordinal);
        Assert.Contains("OPENAI_API_KEY", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_AzureWithoutEndpoint_IsRefused()
    {
        var error = Assert.Throws<RlhfException>(() => Open(new GeneratorSettings("az", GeneratorKind.AzureOpenAI, "d")));

        Assert.Equal("endpoint-address-missing", error.Code);
    }

    private static GenerationRequest[] Ask(params string[] texts) =>
        [.. texts.Select((text, i) => new GenerationRequest([new(MessageRole.System, "Be brief."), new(MessageRole.User, text)], 11 + i))];

    private static ChatClientGenerator Open(ChatServer server, string? key = null, int concurrency = 4, TimeSpan? timeout = null) => Open(
        new GeneratorSettings("test", GeneratorKind.OpenAI, "test-model", server.OpenAIAddress)
        {
            Concurrency = concurrency,
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        },
        key is null ? [] : [("OPENAI_API_KEY", key)]);

    private static ChatClientGenerator Open(GeneratorSettings settings, params (string Name, string Value)[] configuration) =>
        Open(settings, TimeProvider.System, configuration);

    private static ChatClientGenerator Open(GeneratorSettings settings, TimeProvider time, params (string Name, string Value)[] configuration)
    {
        var values = new ConfigurationBuilder().AddInMemoryCollection(configuration.Select(c => KeyValuePair.Create(c.Name, (string?)c.Value))).Build();
        return new(new EndpointClients(values).Create(settings), settings, time, NullLogger<ChatClientGenerator>.Instance);
    }

    /// <summary>Time that runs a thousand times faster, so that seconds of back-off pass at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        private readonly DateTimeOffset start = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => start + ((System.GetUtcNow() - start) * 1000);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime < TimeSpan.Zero ? dueTime : dueTime / 1000, period);
    }
}
