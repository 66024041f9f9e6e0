using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Rlhf.Functions.ContractHost;

namespace Rlhf.Functions.Tests.InProcess;

/// <summary>The functions of tests/Functions.ContractHost under Durable's own worker, by the names that a Functions host calls them by.</summary>
internal static class ContractTasks
{
    public static void Add(DurableTaskRegistry registry)
    {
        foreach (var (name, method) in FunctionsOf(typeof(ContractOrchestrators)))
            registry.AddOrchestrator(name, new OrchestratorFunction(method.CreateDelegate<Func<TaskOrchestrationContext, Task<object?>>>()));

        foreach (var (name, method) in FunctionsOf(typeof(ContractActivities)))
            registry.AddActivity(name, services => new ActivityFunction(method, services));
    }

    private static IEnumerable<(string Name, MethodInfo Method)> FunctionsOf(Type type) =>
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        select (function.Name, method);

    private sealed class OrchestratorFunction(Func<TaskOrchestrationContext, Task<object?>> function) : ITaskOrchestrator
    {
        public Type InputType => typeof(JsonElement?);

        public Type OutputType => typeof(object);

        public Task<object?> RunAsync(TaskOrchestrationContext context, object? input) => function(context);
    }

    /// <summary>An activity function, made anew from the call's services.</summary>
    private sealed class ActivityFunction(MethodInfo method, IServiceProvider services) : ITaskActivity
    {
        public Type InputType => typeof(JsonElement);

        public Type OutputType => typeof(JsonElement?);

        public async Task<object?> RunAsync(TaskActivityContext context, object? input)
        {
            var functions = ActivatorUtilities.CreateInstance<ContractActivities>(services);
            var run = method.CreateDelegate<Func<JsonElement, DurableTaskClient, CancellationToken, Task<JsonElement?>>>(functions);
            return await run((JsonElement)input!, services.GetRequiredService<DurableTaskClient>(), CancellationToken.None);
        }
    }
}
