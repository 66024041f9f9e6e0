using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Generation;

public sealed class AnswerWriterTests
{
    private static readonly CampaignSettings Settings = new()
    {
        Id = new("demo"),
        Title = "Demo",
        Answers = 3,
        Seed = 7,
        Generators = [new("small", GeneratorKind.Onnx, "file:a", Share: 3), new("large", GeneratorKind.Onnx, "file:b", Share: 1)],
    };

    [Fact]
    public async Task Write_Again_GivesTheSameAnswersFromTheSameGenerators()
    {
        var writer = new AnswerWriter(new Scripted(r => new($"answer {r.Seed}", FinishReason.Stop, 5, 6)));
        var first = await writer.WriteAsync(Settings, Prompts(20));
        var second = await writer.WriteAsync(Settings, Prompts(20));
        Assert.Equal(Storage(first), Storage(second));
        Assert.All(first, p => Assert.Equal(["a", "b", "c"], p.Answers.Select(a => a.Id)));
        Assert.Equal(60, first.SelectMany(p => p.Answers).Select(a => a.Seed).Distinct().Count());
        Assert.NotEqual(Storage(first), Storage(await writer.WriteAsync(Settings with { Seed = 8 }, Prompts(20))));
    }

    [Fact]
    public async Task Write_TwoGenerators_AnswerByTheirShares()
    {
        var writer = new AnswerWriter(new Scripted(r => new($"answer {r.Seed}", FinishReason.Stop)));
        var answers = (await writer.WriteAsync(Settings, Prompts(400))).SelectMany(p => p.Answers).ToList();
        Assert.InRange(answers.Count(a => a.Generator == "large"), 250, 350);
    }

    [Fact]
    public async Task Write_IdenticalOrEmptyAnswers_AreDrawnAgainAndThenDropped()
    {
        var drawn = 0;
        var writer = new AnswerWriter(new Scripted(r => new(Interlocked.Increment(ref drawn) <= 4 ? "same" : $"answer {r.Seed}", FinishReason.Stop)));
        var redrawn = Assert.Single(await writer.WriteAsync(Settings, Prompts(1)));
        Assert.Null(redrawn.Dropped);
        Assert.Equal(3, redrawn.Answers.Select(a => a.Text).Distinct().Count());

        Assert.Equal("identical-answers", Assert.Single(await new AnswerWriter(new Scripted(_ => new("same", FinishReason.Stop))).WriteAsync(Settings, Prompts(1))).Dropped);
        Assert.Equal("empty-answer", Assert.Single(await new AnswerWriter(new Scripted(_ => new(" \n", FinishReason.Stop))).WriteAsync(Settings, Prompts(1))).Dropped);
    }

    [Fact]
    public async Task Write_OneRefusal_DropsItsPromptOnly()
    {
        var writer = new AnswerWriter(new Scripted(r => r.Messages[0].Content == "Question 1"
            ? new(null, FinishReason.ContentFilter, Failure: new("content-filter", "No.", IsTransient: false)) : new($"answer {r.Seed}", FinishReason.Stop)));
        Assert.Equal([null, "content-filter", null], (await writer.WriteAsync(Settings, Prompts(3))).Select(p => p.Dropped));
    }

    [Fact]
    public async Task Write_NothingButRateLimits_IsTransient()
    {
        var writer = new AnswerWriter(new Scripted(_ => new(null, FinishReason.Stop, Failure: new("rate-limited", "Too many requests.", IsTransient: true))));
        var failure = await Assert.ThrowsAsync<RlhfException>(() => writer.WriteAsync(Settings, Prompts(2)));
        Assert.Equal(("rate-limited", true), (failure.Code, failure.IsTransient));
    }

    private static List<Prompt> Prompts(int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        Message[] messages = [new(MessageRole.User, $"Question {i}")];
        return new Prompt(PromptHash.IdOf(messages), messages, Split.Train);
    })];

    private static string Storage(IReadOnlyList<AnsweredPrompt> answers) => Rlhf.Storage.StorageExtensions.ToBody(answers);

    private sealed class Scripted(Func<GenerationRequest, GenerationOutcome> answer) : IGeneratorFactory
    {
        public ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default) => ValueTask.FromResult<IGenerator>(new Generator(settings.Name, answer));

        private sealed class Generator(string name, Func<GenerationRequest, GenerationOutcome> answer) : IGenerator
        {
            public string Name => name;

            public Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(
                IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default) =>
                Task.FromResult<IReadOnlyList<GenerationOutcome>>([.. requests.Select(answer)]);

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
