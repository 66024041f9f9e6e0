using System.CommandLine;
using Rlhf.Bench.Functions;

// What a campaign costs under a running Functions host, and whether one survives a kill. The host runs src/Functions on Azurite; its access log is what Azurite prints.
//   dotnet run -c Release --project bench/Functions -- cost --url http://127.0.0.1:7071 --owner-token … --access-log azurite.log
//   dotnet run -c Release --project bench/Functions -- baseline --url http://127.0.0.1:7072 --access-log azurite-baseline.log      # bench/Functions.Baseline, for comparison
//   dotnet run -c Release --project bench/Functions -- floor --storage '<Azurite's connection string>'
//   RLHF_HOST_COMMAND='…' dotnet run -c Release --project bench/Functions -- crash --url http://127.0.0.1:7071 --owner-token …
var url = new Option<Uri>("--url") { CustomParser = r => new Uri(r.Tokens[0].Value), Description = "Where the host answers.", Required = true };
var token = new Option<string>("--owner-token") { Description = "RLHF_OWNER_TOKEN of the host.", Required = true };
var prompts = new Option<int>("--prompts") { DefaultValueFactory = _ => 500, Description = "Prompts, each with one comparison of two answers." };
var batch = new Option<int>("--batch") { DefaultValueFactory = _ => 50, Description = "Prompts a batch." };
var obviousBatch = new Option<int>("--batch") { DefaultValueFactory = _ => 25, Description = "Prompts a batch." };
var clients = new Option<int>("--clients") { DefaultValueFactory = _ => 16, Description = "Annotators who rank at the same time." };
var log = new Option<string[]>("--access-log") { Description = "What Azurite prints; give it twice where rows and blobs are in an account of their own." };
var idle = new Option<TimeSpan>("--idle") { DefaultValueFactory = _ => TimeSpan.FromMinutes(1), Description = "How long to count while all batches wait and nobody ranks." };
var killAfter = new Option<int>("--kill-after") { DefaultValueFactory = _ => 100, Description = "Rankings accepted before host and worker are killed." };

LoadOptions Load(ParseResult p) => new(p.GetValue(url)!, p.GetValue(token)!, p.GetValue(prompts), p.GetValue(batch), p.GetValue(clients));
var cost = new Command("cost", "Storage requests a comparison and an idle minute, and latencies.") { url, token, prompts, batch, clients, log, idle };
cost.SetAction((p, cancellation) => CostBench.RunAsync(Load(p), p.GetValue(log) ?? [], p.GetValue(idle), cancellation));
var baseline = new Command("baseline", "The same of the obvious durable design (bench/Functions.Baseline): an event for each ranking.") { url, prompts, obviousBatch, clients, log, idle };
baseline.SetAction((p, cancellation) =>
    BaselineBench.RunAsync(new(p.GetValue(url)!, "", p.GetValue(prompts), p.GetValue(obviousBatch), p.GetValue(clients)), p.GetValue(log) ?? [], p.GetValue(idle), cancellation));
var crash = new Command("crash", "Kills host and worker with -9 while rankings pour in, starts them again, and counts rankings and pairs. The host's start command is in RLHF_HOST_COMMAND.") { url, token, prompts, batch, clients, killAfter };
crash.SetAction((p, cancellation) => CrashTest.RunAsync(Load(p), p.GetValue(killAfter), cancellation));
var storage = new Option<string>("--storage") { Description = "The storage account's connection string.", Required = true };
var floor = new Command("floor", "What storage itself takes for a ranking's write and its partition's read, with no host between.") { storage, prompts, batch, clients };
floor.SetAction((p, cancellation) => FloorBench.RunAsync(p.GetValue(storage)!, new(new Uri("about:blank"), "", p.GetValue(prompts), p.GetValue(batch), p.GetValue(clients)), cancellation));
return await new RootCommand("Measurements under a Functions host.") { cost, baseline, crash, floor }.Parse(args).InvokeAsync();
