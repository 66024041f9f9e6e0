using System.CommandLine;
using Rlhf.Local.Hosting;
using Rlhf.Local.Loop;

namespace Rlhf.Local.Cli;

/// <summary>The options of <c>run</c> and <c>serve</c>, and those about the host that others share.</summary>
internal static class RunOptions
{
    public static readonly Option<string?> Data = new("--data") { Description = "Folder that keeps everything (default: .data beside the solution).", HelpName = "FOLDER" };

    public static readonly Option<int> Port = new("--port") { Description = "First port to try on 127.0.0.1; 0 is any.", DefaultValueFactory = _ => Ports.First };

    public static readonly Option<bool> Azurite = new("--azurite") { Description = "Keep blobs and rows in Azure Storage on Azurite (Node 20; npm ci is run for you)." };

    public static readonly Option<string?> Out = new("--out") { Description = "Folder for summary.json and report.html (default: out beside the solution).", HelpName = "FOLDER" };

    private static readonly Option<long> seed = new("--seed") { Description = "Seed of answers, simulated annotators and training.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> annotators = new("--annotators") { Description = "Simulated annotators.", DefaultValueFactory = _ => 4 };
    private static readonly Option<int> answers = new("--answers") { Description = "Answers a prompt, 2 to 9.", DefaultValueFactory = _ => 2 };
    private static readonly Option<double> share = new("--share") { Description = "Share of comparisons that three annotators rank (0 to 1), to see how far they agree. 0: nobody is asked beyond the overlap.", DefaultValueFactory = _ => 0.1 };
    private static readonly Option<int> overlap = new("--overlap") { Description = "Annotators that rank the same comparison.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> model = new("--model") { Description = "Model to tune, which writes answers too: a folder in Hugging Face layout with model.onnx (default: models/support-small).", HelpName = "FOLDER" };
    private static readonly Option<int?> prompts = new("--prompts") { Description = "Use only so many of the sample's prompts." };
    private static readonly Option<int?> steps = new("--steps") { Description = "PPO steps." };
    private static readonly Option<Uri?> endpoint = new("--endpoint") { Description = "An OpenAI-compatible address (e.g. http://localhost:11434/v1) or Azure OpenAI resource that writes half of the answers; its key is OPENAI_API_KEY or AZURE_OPENAI_API_KEY.", HelpName = "URL", CustomParser = ParseAddress };
    private static readonly Option<string?> endpointModel = new("--endpoint-model") { Description = "Model or deployment name behind --endpoint.", HelpName = "NAME" };

    static RunOptions()
    {
        foreach (var option in (Option<int?>[])[prompts, steps])
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int?>() is < 1) result.AddError($"{option.Name} must be at least 1.");
            });
        }
    }

    public static void AddHost(Command command)
    {
        foreach (var option in (Option[])[Data, Port, Azurite, Out]) command.Options.Add(option);
    }

    public static void AddLoop(Command command)
    {
        foreach (var option in (Option[])[seed, annotators, answers, overlap, share, model, prompts, steps, endpoint, endpointModel]) command.Options.Add(option);
    }

    public static HostSettings HostOf(ParseResult result) => new(result.GetValue(Data), result.GetValue(Port), result.GetValue(Azurite), result.GetValue(Out));

    public static LoopSettings LoopOf(ParseResult result) => new(
        result.GetValue(seed), result.GetValue(annotators), result.GetValue(answers), result.GetValue(overlap), result.GetValue(model), result.GetValue(prompts), result.GetValue(steps),
        result.GetValue(endpoint), result.GetValue(endpointModel), result.GetValue(share));

    private static Uri? ParseAddress(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        result.AddError($"'{result.Tokens[0].Value}' is not an address: name one that begins with http:// or https://.");
        return null;
    }
}
