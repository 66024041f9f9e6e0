using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Local.Checks;
using Rlhf.Training;
using Rlhf.Web;

namespace Rlhf.Local.Loop;

/// <summary>The campaign behind a record: the same record gives the same settings, so creating it again is one campaign.</summary>
public static class CampaignPlans
{
    /// <summary>Tokens an answer of the shipped model may have.</summary>
    public const int AnswerTokens = WebOptions.DefaultAnswerTokens;

    public static CampaignSettings For(LoopRecord record)
    {
        var model = ModelCache.FilePrefix + Path.GetFullPath(record.Settings.Model ?? ShippedModel.Find() ?? throw NoModel());
        var simulated = record.Mode == LoopMode.Run;
        return new()
        {
            Id = record.Campaign,
            Title = record.IsSample ? "Customer support" : Path.GetFileName(record.File),
            Answers = record.Settings.Answers,
            Overlap = record.Settings.Overlap,
            Sharing = record.Settings.Share == 0 ? SharingSettings.None : new(record.Settings.Share),
            Generators = Generators(record.Settings, model),
            Policy = model,
            // A fifth, so that at least 256 of the sample's prompts judge the tuned model.
            Split = new(Validation: 0.1, Test: 0.2),
            Guidelines = record.IsSample ? SupportGuidelines : "Pick the answer you would rather have received.",
            Judge = simulated ? JudgeKind.Rule : JudgeKind.People,
            // Whoever ranks at the link that `run` prints is counted beside the simulated ones; the summary and the report tell them apart.
            TrainOn = simulated ? [AnnotatorKind.Person, AnnotatorKind.Simulated] : [AnnotatorKind.Person],
            TrainWhenLabeled = simulated,
            Training = Training(record.Settings),
            Seed = record.Settings.Seed,
        };
    }

    private static List<GeneratorSettings> Generators(LoopSettings settings, string model)
    {
        var sampling = new SamplingSettings(MaximumTokens: AnswerTokens);
        var generators = new List<GeneratorSettings> { new("base", GeneratorKind.Onnx, model) { Sampling = sampling } };
        if (settings.Endpoint is { } endpoint)
        {
            var kind = endpoint.Host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase) ? GeneratorKind.AzureOpenAI : GeneratorKind.OpenAI;
            generators.Add(new("endpoint", kind, settings.EndpointModel ?? throw NoEndpointModel(endpoint), endpoint) { Sampling = new(MaximumTokens: 512) });
        }
        return generators;
    }

    private static TrainingSettings Training(LoopSettings settings)
    {
        var defaults = new TrainingSettings();
        return settings.Steps is { } steps ? defaults with { Ppo = defaults.Ppo with { Steps = steps } } : defaults;
    }

    private static RlhfException NoModel() => new("model-missing", "The model that ships with the project is not here.", "Start from a clone of the project, or name a model with --model FOLDER.");

    private static RlhfException NoEndpointModel(Uri endpoint) =>
        new("endpoint-model-missing", $"--endpoint {endpoint} is given without the model or deployment to ask.", "Name it with --endpoint-model NAME.");

    private const string SupportGuidelines = """
        You are reading two answers to a customer's message. Pick the one you would rather have received.

        A good answer is polite, helps with the problem (and with the right product), is to the point, and is finished.
        If both are equally good, call it a tie. If neither is acceptable, say both are bad. Skip what you can't judge.
        """;
}
