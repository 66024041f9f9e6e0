// Whether asking first what the heads disagree about saves rankings: docs/ordering.md.
//   dotnet run -c Release --project bench/Ordering -- [--seeds 11,12] [--budgets 250,500,1000,2000] [--arms random;disagreement:8:0.25:50] [--pool 4000] [--threads 1] [--heads] [--final]
// A seed makes its own prompts, answers, annotators and places. Figures are of development prompts (train prompts behind the pool, which no training sees) unless --final opens the test prompts:
// for the figures that are published, with seeds that were not used before. --heads leaves the reward models out, to look at many arms quickly.
using System.Diagnostics;
using System.Globalization;
using Rlhf;
using Rlhf.Bench.Ordering;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;
using Rlhf.Judging;
using Rlhf.Prompts;
using Rlhf.Trainer.Corpus;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Native;
using TorchSharp;

OpenMp.EnsureSpinCount();
TorchNatives.Prepare(Console.Error.WriteLine);
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var threads = int.Parse(Option("--threads") ?? "1");
torch.set_num_threads(threads);
var seeds = (Option("--seeds") ?? "11,12").Split(',').Select(long.Parse).ToList();
var budgets = (Option("--budgets") ?? "250,500,1000,2000").Split(',').Select(int.Parse).ToList();
var arms = (Option("--arms") ?? "random;disagreement:8:0.25:50").Split(';').Select(ReadArm).ToList();
var model = Path.Combine(SolutionFolder.Find() ?? throw new InvalidOperationException("Run it from the repository."), "models", "support-small");
var sampling = new SamplingSettings(96);
var clock = Stopwatch.StartNew();
using var start = ModelFolder.Load(model);
var points = new Dictionary<(string Arm, long Seed), IReadOnlyList<Point>>();
foreach (var seed in seeds) await RunAsync(seed);
Report.Write(Console.Out, arms, seeds, budgets, points);
return 0;

async Task RunAsync(long seed)
{
    var (pool, validation, test) = await MakeAsync(seed);
    Console.WriteLine($"{clock.Elapsed.TotalSeconds,6:f0} s  seed {seed}: {pool.Count} comparisons to choose from, {test.Count} {(args.Contains("--final") ? "test" : "development")}; the annotators decide {pool.Where(c => !c.IsTie).Average(c => c.Preference > 0.5 == c.Rule > 0 ? 1.0 : 0):p1} as the rule does, {pool.Average(c => c.IsTie ? 1.0 : 0):p1} ties");
    var curve = new RewardCurve(start, ChatTokenizer.Load(model), validation, test);
    foreach (var arm in arms)
    {
        var asked = Asking.Order(arm, pool, budgets.Max(), seed);
        var measured = new List<Point>();
        foreach (var budget in budgets) measured.Add(await curve.TrainAsync([.. asked.Take(budget)], seed, args.Contains("--heads")));
        points[(arm.Name, seed)] = measured;
        Console.WriteLine($"{clock.Elapsed.TotalSeconds,6:f0} s  {arm.Name,-28} {string.Join("  ", measured.Select(p => $"{p.Rankings}: {p.Rule:p1} (labels {p.Labels:p1}, heads {p.Heads:p1}, ties {p.Ties:p1})"))}");
    }
}

async Task<(IReadOnlyList<JudgedComparison> Pool, IReadOnlyList<JudgedComparison> Validation, IReadOnlyList<JudgedComparison> Test)> MakeAsync(long seed)
{
    var options = new OnnxOptions { Threads = threads };
    await using var generator = OnnxGenerator.Load("base", model, options);
    using var features = OnnxFeatures.Load(model, options);
    var size = int.Parse(Option("--pool") ?? "4000");
    var made = SupportCorpus.Prompts(SupportLanguage.Default, seed, 3 * size).Select(p => new Prompt(p.Id, p.Messages, p.Split)).ToLookup(p => p.Split);
    var judged = args.Contains("--final") ? made[Split.Test] : made[Split.Train].Skip(size).Take(made[Split.Test].Count());
    Task<IReadOnlyList<JudgedComparison>> Judge(IEnumerable<Prompt> prompts, int part) => JudgedComparison.MakeAsync(generator, features, [.. prompts], sampling, SeededRandom.Combine(seed, part));
    return (await Judge(made[Split.Train].Take(size), 1), await Judge(made[Split.Validation].Take(size / 10), 2), await Judge(judged, 3));
}

static Arm ReadArm(string text) => text.Split(':') is [_, var members, var share, var refit]
    ? new(text, int.Parse(members), double.Parse(share, CultureInfo.InvariantCulture), int.Parse(refit))
    : new(text);

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
