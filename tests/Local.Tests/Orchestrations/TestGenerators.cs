using System.Collections.Concurrent;
using Rlhf.Generation;

namespace Rlhf.Local.Tests.Orchestrations;

/// <summary>Generators that answer at once and the same every time: the base is good or bad by its seed, a tuned model always good.</summary>
public sealed class TestGenerators : IGeneratorFactory
{
    public const string Good = "Thank you for your message. I am sorry that your router does not work. Please restart it, and we will gladly help you further.";
    public const string Bad = "Not my problem. Read the manual.";

    /// <summary>Says what is wrong with a model, while something is.</summary>
    public Func<GeneratorSettings, RlhfException?> Trouble { get; set; } = _ => null;

    /// <summary>Every answer, where it is not the usual.</summary>
    public Func<GenerationRequest, GenerationOutcome>? Answer { get; set; }

    /// <summary>How often each prompt was asked, by its last message.</summary>
    public ConcurrentDictionary<string, int> Asked { get; } = new();

    private readonly ConcurrentQueue<GeneratorSettings> opened = new();

    /// <summary>The models that were opened under a generator's name.</summary>
    public IEnumerable<string> ModelsOf(string name) => opened.Where(s => s.Name == name).Select(s => s.Model).Distinct();

    public ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default)
    {
        opened.Enqueue(settings);
        return Trouble(settings) is { } trouble ? throw trouble : ValueTask.FromResult<IGenerator>(new Generator(this, settings));
    }

    private sealed class Generator(TestGenerators owner, GeneratorSettings settings) : IGenerator
    {
        public string Name => settings.Name;

        public Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(
            IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<GenerationOutcome>>([.. requests.Select(One)]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private GenerationOutcome One(GenerationRequest request)
        {
            owner.Asked.AddOrUpdate(request.Messages[^1].Content, 1, (_, n) => n + 1);
            if (owner.Answer is { } answer) return answer(request);
            var isGood = settings.Name == "tuned" || request.Seed % 2 == 0;
            return new($"{(isGood ? Good : Bad)} ({request.Seed % 1000})", FinishReason.Stop, 10, 20);
        }
    }
}
