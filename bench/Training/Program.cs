// The figures of the training on this machine: reward model and PPO, judged by the noise-free rule.
//   dotnet run -c Release --project bench/Training -- [--seed 1] [--prompts FILE] [--train 1695] [--stages reward] [--set ppo.klCoefficient=0 ...] [--show 5] [--final]
//   --keep FOLDER keeps the models, --reward FOLDER takes a kept reward model instead of training one, --model FOLDER another base, --temperature 0.7 is the judged answers' (1 in ./run).
// Settings that are not set are the defaults of Core/Training/TrainingJob.cs, as ./run has them.
//
// Figures are of development prompts: two of three validation prompts of the file (the rest choose the epoch, as in ./run). Whoever chooses settings by these figures may not see those of the test
// prompts on the way, or the test figures say how well the choosing fits them and no longer what a new prompt will meet. So test prompts stay closed unless --final opens them: for the
// figures that are published, at settings that no longer change, with seeds that were not used before. README.md beside this file has what was tried.
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

OpenMp.EnsureSpinCount();
TorchNatives.Prepare(Console.Error.WriteLine);
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var seed = long.Parse(Option("--seed") ?? "1");
var root = Root();
var model = Path.GetFullPath(Option("--model") ?? Path.Combine(root, "models", "support-small"));
var isFinal = args.Contains("--final");
var kind = isFinal ? "test" : "development";
var all = SupportData.Read(Option("--prompts") ?? Path.Combine(root, "samples", "support-prompts.jsonl"));
var prompts = isFinal ? all : SupportData.ForDevelopment(all, int.Parse(Option("--train") ?? "1000000"));
var settings = Settings();
string[] curves = ["reward", "kl", "explained", "entropy", "clipFraction", "valueLoss", "answerLength", "finished"];
var sampling = new SamplingSettings(settings.Ppo.MaximumAnswerTokens);
await using var baseline = OnnxGenerator.Load("base", model);
var work = Directory.CreateTempSubdirectory("rlhf-bench-").FullName;
try
{
    var clock = Stopwatch.StartNew();
    var pairs = await SupportData.PairsAsync(baseline, Option("--reward") is null ? prompts : [.. prompts.Where(p => p.Split == Split.Test)], sampling, seed);
    Console.WriteLine($"{pairs.Count} pairs ({string.Join(", ", pairs.CountBy(p => p.Split).Select(s => $"{s.Value} {(s.Key == Split.Test ? kind : s.Key)}"))}) from {prompts.Count} prompts in {clock.Elapsed.TotalSeconds:f1} s");
    var blobs = BlobStores.Open(Path.Combine(work, "blobs"));
    var job = await PrepareAsync(blobs, pairs);
    var exitCode = await new JobRunner(blobs, job, TimeProvider.System, line => Console.WriteLine($"{clock.Elapsed.TotalSeconds,6:f1} s  {line}"), CancellationToken.None).RunAsync();
    var status = (await blobs.ReadJsonAsync<RunStatus>($"{job.Output}/status.json"))!;
    if (exitCode != ExitCodes.Done) throw new InvalidOperationException(status.Error?.Message);
    var cache = new ModelCache(blobs, Path.Combine(work, "models"));
    ReportReward(await cache.GetFolderAsync($"{job.Output}/reward-model"), status.Results!, pairs);
    if (status.Results!.Model is { } tuned) await ReportPolicyAsync(blobs, job, await cache.GetFolderAsync(tuned), status.Results);
    return 0;
}
finally
{
    Directory.Delete(work, recursive: true);
}

async Task<TrainingJob> PrepareAsync(IBlobStore blobs, IReadOnlyList<PreferencePair> pairs)
{
    const string output = "runs/bench-run1";
    await JsonLines.WriteAsync(blobs, $"{output}/pairs.jsonl", pairs, default);
    foreach (var split in Enum.GetValues<Split>())
        await JsonLines.WriteAsync(blobs, $"{output}/{split}.jsonl", prompts.Where(p => p.Split == split).Select(p => new DatasetPrompt(p.Id, p.Messages)), default);
    var stages = Option("--stages") == "reward" ? [TrainingStage.Reward] : new List<TrainingStage> { TrainingStage.Reward, TrainingStage.Ppo, TrainingStage.Export };
    if (Option("--reward") is { } kept)
    {
        stages.Remove(TrainingStage.Reward);
        await RunFolder.UploadAsync(blobs, $"{output}/reward-model", folder => Copy(kept, folder), default);
    }

    return new(
        RunId.From("bench-run1"), $"file:{model}", $"{output}/pairs.jsonl", $"{output}/{Split.Train}.jsonl", $"{output}/{Split.Validation}.jsonl",
        $"{output}/{Split.Test}.jsonl", stages, settings, seed, output);
}

void ReportReward(string folder, RunResults results, IReadOnlyList<PreferencePair> pairs)
{
    Keep(folder, "reward-model");
    using var reward = OnnxRewardModel.Load(folder);
    Console.WriteLine($"seed {seed}: reward accuracy {Judgement.RewardAccuracy(reward, [.. pairs.Where(p => p.Split == Split.Test)]):p1} against the rule, "
        + $"{results.RewardAccuracyTest:p1} against the labels (train {results.RewardAccuracyTrain:p1}, validation {results.RewardAccuracyValidation:p1}), {kind} prompts");
}

async Task ReportPolicyAsync(IBlobStore blobs, TrainingJob job, string folder, RunResults results)
{
    Keep(folder, "model");
    await using var tuned = OnnxGenerator.Load("tuned", folder);
    var judged = prompts.Where(prompt => prompt.Split == Split.Test).ToList();
    var curve = (await JsonLines.ReadAsync<MetricPoint>(blobs, $"{job.Output}/metrics.jsonl", default)).Where(point => point.Stage == TrainingStage.Ppo && point.Values.ContainsKey("policyLoss")).ToList();
    foreach (var point in curve.Where((_, i) => i % Math.Max(1, curve.Count / 8) == 0).Append(curve[^1]))
        Console.WriteLine($"  step {point.Step,3}  {string.Join("  ", curves.Select(name => $"{name} {point.Values[name]:f3}"))}");
    foreach (var example in (await Judgement.AnswerAsync(tuned, [.. judged.Take(int.Parse(Option("--show") ?? "0"))], sampling, seed)).Zip(judged))
        Console.WriteLine($"  > {example.Second.Messages[^1].Content}\n    {example.First.Text}");
    var judgement = await Judgement.OfAsync(baseline, tuned, judged, sampling with { Temperature = double.Parse(Option("--temperature") ?? "1") }, seed);
    Console.WriteLine($"seed {seed}: win rate {judgement.WinRate:p1} [{judgement.Low:p1}, {judgement.High:p1}] of {judgement.Prompts} {kind} prompts; rule score {judgement.BaseScore:f2} -> {judgement.TunedScore:f2}; "
        + $"reward {results.MeanRewardBefore:f2} -> {results.MeanRewardAfter:f2}; KL {results.KlMean:f2} nats; distinct {judgement.Distinct:p1}; finished {judgement.Finished:p1}; "
        + $"fluent {judgement.Fluent:p1}; {judgement.MeanWords:f0} words; {results.Seconds:f0} s");
}

void Keep(string folder, string name)
{
    if (Option("--keep") is { } kept) Copy(folder, Directory.CreateDirectory(Path.Combine(kept, name)).FullName);
}

static void Copy(string from, string to)
{
    foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
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
