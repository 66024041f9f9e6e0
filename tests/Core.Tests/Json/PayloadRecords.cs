using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Contracts;
using Rlhf.Orchestrations;
using Rlhf.Training;

namespace Rlhf.Core.Tests.Json;

/// <summary>The records whose JSON outlives a process: what travels between steps, and what rows and blobs hold. Found, not listed, so that none is forgotten.</summary>
internal static partial class PayloadRecords
{
    public static IReadOnlyDictionary<string, Type> All { get; } =
        Steps().Concat(Stored()).Concat([typeof(RunCampaignStatus), typeof(LabelBatchStatus), typeof(StepFailure), typeof(TrainingJob)])
            .Where(type => type.Namespace!.StartsWith("Rlhf", StringComparison.Ordinal) && !type.IsEnum).Distinct().OrderBy(type => type.Name, StringComparer.Ordinal).ToDictionary(type => type.Name);

    /// <summary>Inputs and outputs of every registered orchestrator and activity.</summary>
    private static IEnumerable<Type> Steps()
    {
        var registry = (StepRegistry)new ServiceCollection().AddPipeline().Single(s => s.ServiceType == typeof(StepRegistry)).ImplementationInstance!;
        return registry.Orchestrators.Values.Concat(registry.Activities.Values).SelectMany(step => step.BaseType!.GetGenericArguments());
    }

    /// <summary>What Core's sources read back from storage.</summary>
    private static IEnumerable<Type> Stored()
    {
        var types = typeof(StepRegistry).Assembly.GetTypes().ToLookup(type => type.Name);
        var sources = Directory.EnumerateFiles(Repository.File("src", "Core"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);
        // The phrases ship with the program, and who asks stands in a request's header.
        return sources.SelectMany(source => Read().Matches(source)).SelectMany(read => types[read.Groups["type"].Value])
            .Where(type => type != typeof(Rlhf.Judging.SupportLanguage) && type.Namespace != "Rlhf.Web.Security");
    }

    [GeneratedRegex(@"(ReadBody|ReadJsonAsync|JsonLines\.ReadAsync|JsonSerializer\.Deserialize)<(List<)?(?<type>[A-Z]\w+)>")]
    private static partial Regex Read();
}
