using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Functions.Http;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Tests.Steps;

public sealed class StepFunctionsTests
{
    private static readonly IReadOnlyList<(string Name, MethodInfo Method)> Functions =
        [.. typeof(HttpFunction).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(method => (method.GetCustomAttribute<FunctionAttribute>()?.Name!, method))
            .Where(function => function.Item1 is not null)];

    private static StepRegistry Steps => new ServiceCollection().AddPipeline().BuildServiceProvider().GetRequiredService<StepRegistry>();

    [Fact]
    public void Functions_EveryOrchestratorHasOneOfItsName_AndNoOther() =>
        Assert.Equal(Steps.Orchestrators.Keys.Order(), NamesWith<OrchestrationTriggerAttribute>());

    [Fact]
    public void Functions_EveryActivityHasOneOfItsName_AndNoOther() =>
        Assert.Equal(Steps.Activities.Keys.Order(), NamesWith<ActivityTriggerAttribute>());

    /// <summary>Core starts and signals orchestrations from anywhere, through the client that the function was given.</summary>
    [Fact]
    public void Functions_AllButOrchestrators_BindTheDurableClient() => Assert.All(
        Functions.Where(f => !Has<OrchestrationTriggerAttribute>(f.Method)),
        f => Assert.True(Has<DurableClientAttribute>(f.Method), f.Name));

    [Fact]
    public void Functions_Triggers_AreTheOnesThereAre()
    {
        Assert.Equal(["Http"], NamesWith<HttpTriggerAttribute>());
        Assert.Equal(["InboxDropped"], NamesWith<BlobTriggerAttribute>());
        Assert.Equal(["InboxSwept"], NamesWith<TimerTriggerAttribute>());
    }

    private static IEnumerable<string> NamesWith<TTrigger>() where TTrigger : Attribute =>
        Functions.Where(f => Has<TTrigger>(f.Method)).Select(f => f.Name).Order();

    private static bool Has<TTrigger>(MethodInfo method) where TTrigger : Attribute => method.GetParameters().Any(p => p.IsDefined(typeof(TTrigger)));
}
