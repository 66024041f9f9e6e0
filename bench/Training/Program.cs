// The figures of the training on this machine: reward model and PPO on the sample prompts, judged by the noise-free rule on test prompts.
//   dotnet run -c Release --project bench/Training -- [--seed 1] [--show 5] [--set ppo.klCoefficient=0 ...]
// Settings that are not set are the defaults of Core/Training/TrainingJob.cs, as ./run has them.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf;
using Rlhf.Bench.Training;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Json;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Storage;
using Rlhf.Trainer.Job;
using Rlhf.Trainer.Native;
using Rlhf.Training;
using JsonLines = Rlhf.Trainer.Data.JsonLines;
using PromptLine = Rlhf.Trainer.Data.PromptLine;

OpenMp.EnsureSpinCount();
TorchNatives.Prepare(Console.Error.WriteLine);
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var seed = long.Parse(Option("--seed") ?? "1");
var root = Root();
var model = Path.GetFullPath(Option("--model") ?? Path.Combine(root, "models", "support-small"));
var prompts = SupportData.Prompts(Path.Combine(root, "samples", "support-prompts.jsonl"));
var settings = Settings();
string[] curves = ["reward", "kl", "klCoefficient", "entropy", "clipFraction", "valueLoss", "answerLength", "finished"];
var sampling = new SamplingSettings(settings.Ppo.MaximumAnswerTokens);
await using var baseline = OnnxGenerator.Load("base", model);
var work = Directory.CreateTempSubdirectory("rlhf-bench-").FullName;
try
{
    var clock = Stopwatch.StartNew();
    var pairs = await SupportData.PairsAsync(baseline, prompts, sampling, seed);
    Console.WriteLine($"{pairs.Count} pairs from {prompts.Count} prompts in {clock.Elapsed.TotalSeconds:f1} s");
    var blobs = BlobStores.Open(Path.Combine(work, "blobs"));
    var job = await PrepareAsync(blobs, pairs);
    var exitCode = await new JobRunner(blobs, job, TimeProvider.System, line => Console.WriteLine($"{clock.Elapsed.TotalSeconds,6:f1} s  {line}"), CancellationToken.None).RunAsync();
    var status = (await blobs.ReadJsonAsync<RunStatus>($"{job.Output}/status.json"))!;
    if (exitCode != ExitCodes.Done) throw new InvalidOperationException(status.Error?.Message);
    await ReportAsync(blobs, job, status.Results!, pairs);
    return 0;
}
finally
{
    Directory.Delete(work, recursive: true);
}

async Task<TrainingJob> PrepareAsync(IBlobStore blobs, IReadOnlyList<PreferencePair> pairs)
{
    await JsonLines.WriteAsync(blobs, "runs/bench-run1/pairs.jsonl", pairs, default);
    foreach (var split in Enum.GetValues<Split>())
        await JsonLines.WriteAsync(blobs, $"runs/bench-run1/{split}.jsonl", prompts.Where(p => p.Split == split).Select(p => new PromptLine(p.Id, p.Messages)), default);
    return new(
        RunId.From("bench-run1"), $"file:{model}", "runs/bench-run1/pairs.jsonl", "runs/bench-run1/Train.jsonl", "runs/bench-run1/Validation.jsonl",
        "runs/bench-run1/Test.jsonl", [TrainingStage.Reward, TrainingStage.Ppo, TrainingStage.Export], settings, seed, "runs/bench-run1");
}

async Task ReportAsync(IBlobStore blobs, TrainingJob job, RunResults results, IReadOnlyList<PreferencePair> pairs)
{
    var cache = new ModelCache(blobs, Path.Combine(work, "models"));
    await using var tuned = OnnxGenerator.Load("tuned", await cache.GetFolderAsync(results.Model!));
    using var reward = OnnxRewardModel.Load(await cache.GetFolderAsync(results.RewardModel!));
    var test = prompts.Where(prompt => prompt.Split == Split.Test).ToList();
    var judgement = await Judgement.OfAsync(baseline, tuned, test, sampling, seed);
    var curve = (await JsonLines.ReadAsync<MetricPoint>(blobs, $"{job.Output}/metrics.jsonl", default)).Where(point => point.Stage == TrainingStage.Ppo && point.Values.ContainsKey("reward")).ToList();
    foreach (var point in curve.Where((_, i) => i % Math.Max(1, curve.Count / 8) == 0).Append(curve[^1]))
        Console.WriteLine($"  step {point.Step,3}  {string.Join("  ", curves.Select(name => $"{name} {point.Values[name]:f3}"))}");
    foreach (var example in (await Judgement.AnswerAsync(tuned, [.. test.Take(int.Parse(Option("--show") ?? "0"))], sampling, seed)).Zip(test))
        Console.WriteLine($"  > {example.Second.Messages[^1].Content}\n    {example.First.Text}");
    Console.WriteLine($"seed {seed}: reward accuracy {Judgement.RewardAccuracy(reward, [.. pairs.Where(p => p.Split == Split.Test)]):p1} against the rule, "
        + $"{results.RewardAccuracyTest:p1} against the labels (train {results.RewardAccuracyTrain:p1}, validation {results.RewardAccuracyValidation:p1})");
    Console.WriteLine($"seed {seed}: win rate {judgement.WinRate:p1} [{judgement.Low:p1}, {judgement.High:p1}] of {judgement.Prompts}; rule score {judgement.BaseScore:f2} -> {judgement.TunedScore:f2}; "
        + $"reward {results.MeanRewardBefore:f2} -> {results.MeanRewardAfter:f2}; KL {results.KlMean:f2} nats; distinct {judgement.Distinct:p1}; finished {judgement.Finished:p1}; "
        + $"{judgement.MeanWords:f0} words; {results.Seconds:f0} s");
}

TrainingSettings Settings()
{
    var json = JsonSerializer.SerializeToNode(new TrainingSettings(), RlhfJson.Options)!;
    for (var i = 0; i < args.Length - 1; i++)
    {
        if (args[i] != "--set") continue;
        var (path, value) = (args[i + 1].Split('=')[0].Split('.'), args[i + 1].Split('=')[1]);
        path[..^1].Aggregate(json, (node, name) => node[name]!)[path[^1]] = JsonNode.Parse(value);
    }

    return json.Deserialize<TrainingSettings>(RlhfJson.Options)!;
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;

static string Root()
{
    var folder = Environment.CurrentDirectory;
    while (!File.Exists(Path.Combine(folder, "Serverless.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run it from the repository.");
    return folder;
}
