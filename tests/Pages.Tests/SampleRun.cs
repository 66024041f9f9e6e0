using Rlhf.Generation;
using Rlhf.Judging;
using Rlhf.Local.Tests.Web;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Training;

namespace Rlhf.Pages.Tests;

/// <summary>A run as the pipeline leaves it in storage, for the pages to show.</summary>
internal static class SampleRun
{
    public static readonly RunId Id = RunId.From("support-run1");

    public static async Task WriteAsync(WebHost host, RunState state)
    {
        var succeeded = state == RunState.Succeeded;
        var started = DateTimeOffset.UtcNow.AddMinutes(-3);
        var run = new Run(Id, WebHost.Campaign, 1, "owner", state, started, started, Snapshot: new("3f9a", 812, 96, 104, 256),
            Results: succeeded ? new(Model: "runs/support-run1/model", RewardAccuracyTest: 0.83, TestPairs: 104, KlMean: 7.4, Seconds: 148) : null,
            LabelAccuracy: succeeded ? new(0.79, 0.71, 0.86, 104) : null, RuleAccuracy: succeeded ? new(0.88, 0.82, 0.94, 104) : null)
        {
            Verdicts = succeeded ? [new("tuned", "base", JudgeKind.Rule, 256, 214, 9, 33, 0.853, 0.81, 0.895)] : [],
        };
        await host.Get<RunStore>().CreateAsync(run);
        var blobs = host.Get<IBlobStore>();
        await blobs.WriteJsonAsync(RunPaths.Status(Id), new RunStatus(Id, state, started, DateTimeOffset.UtcNow, TrainingStage.Ppo, 61, 100, 0.72, "reward +1.31, KL 5.2 nats"));
        await JsonLines.WriteAsync(blobs, RunPaths.Metrics(Id), Points(started));
        if (!succeeded) return;
        await blobs.WriteTextAsync("runs/support-run1/report.html", "<!doctype html><title>Report</title><style>h1{color:green}</style><h1>Report of support-run1</h1>");
        await blobs.WriteJsonAsync(RunPaths.Evaluation(Id), new EvaluationSummary([], [.. Examples()]));
    }

    private static IEnumerable<EvaluationExample> Examples()
    {
        yield return Example("My parcel shows as delivered, but it is not here. What now?", "Parcels are delivered daily. You can check the status on our page, and the status will say where the parcel is, and",
            "I'm sorry your parcel hasn't turned up. Please look around your door and ask your neighbours; if it isn't there by tomorrow, reply here and I'll send a new one free of charge.");
        yield return Example("How do I pair the Aurora speaker with a second phone?", "That is described in the manual.",
            "Hold the Bluetooth button for three seconds until the light blinks blue, then choose \"Aurora\" on the second phone. Both stay paired.");
    }

    private static EvaluationExample Example(string prompt, string before, string after) =>
        new(PromptId.From("p"), [new Message(MessageRole.User, prompt)], before, after, null, null);

    private static IEnumerable<MetricPoint> Points(DateTimeOffset at)
    {
        for (var step = 0; step < 60; step += 2)
            yield return new(TrainingStage.Reward, step, at, new Dictionary<string, double>
            {
                ["loss"] = 0.69 * Math.Exp(-step / 40.0) + 0.03 * Math.Sin(step),
                ["accuracyTrain"] = 0.5 + 0.4 * (1 - Math.Exp(-step / 15.0)),
                ["accuracyValidation"] = 0.5 + 0.33 * (1 - Math.Exp(-step / 15.0)),
            });
        for (var step = 0; step < 61; step++)
            yield return new(TrainingStage.Ppo, step, at, new Dictionary<string, double>
            {
                ["reward"] = 1.5 * (1 - Math.Exp(-step / 25.0)) + 0.08 * Math.Sin(step * 1.7),
                ["kl"] = 6 * (1 - Math.Exp(-step / 30.0)) + 0.2 * Math.Cos(step),
                ["klCoefficient"] = 0.05,
                ["clipFraction"] = 0.08 + 0.03 * Math.Sin(step / 3.0),
                ["answerLength"] = 42 - step / 6.0,
            });
    }
}

/// <summary>Answers with what it was asked and who it is: enough to see which answer stands where.</summary>
internal sealed class EchoGenerators : IGeneratorFactory
{
    public ValueTask<IGenerator> OpenAsync(GeneratorSettings settings, CancellationToken cancellation = default) => new(new Echo(settings.Name));

    private sealed class Echo(string name) : IGenerator
    {
        public string Name => name;

        public Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default) =>
            Task.FromResult<IReadOnlyList<GenerationOutcome>>([.. requests.Select(r => new GenerationOutcome($"{name} heard: {r.Messages[^1].Content}", FinishReason.Stop))]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
