using Azure.Core.Serialization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker
{
    public class WorkerOptions
    {
        public ObjectSerializer? Serializer { get => throw Surface.Called(); set => throw Surface.Called(); }

        public IDictionary<string, string> Capabilities => throw Surface.Called();
    }

    [AttributeUsage(AttributeTargets.Method)]
    public class FunctionAttribute(string name) : Attribute
    {
        public string Name => name;
    }

    public enum AuthorizationLevel { Anonymous, User, Function, System, Admin }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel) : Attribute
    {
        public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : this(authLevel) => Methods = methods;

        public AuthorizationLevel AuthLevel => authLevel;

        public string[]? Methods { get; }

        public string? Route { get; set; }
    }

    public enum BlobTriggerSource { LogsAndContainerScan, EventGrid }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class BlobTriggerAttribute(string blobPath) : Attribute
    {
        public string BlobPath => blobPath;

        public string? Connection { get; set; }

        public BlobTriggerSource Source { get; set; }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class TimerTriggerAttribute(string schedule) : Attribute
    {
        public string Schedule => schedule;
    }

    public class TimerInfo
    {
        public bool IsPastDue { get => throw Surface.Called(); set => throw Surface.Called(); }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class OrchestrationTriggerAttribute : Attribute
    {
        public string? Orchestration { get; set; }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class ActivityTriggerAttribute : Attribute
    {
        public string? Activity { get; set; }
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class DurableClientAttribute : Attribute
    {
        public string? TaskHub { get; set; }

        public string? ConnectionName { get; set; }
    }
}

namespace Microsoft.Azure.Functions.Worker.Builder
{
    public class FunctionsApplication
    {
        public static FunctionsApplicationBuilder CreateBuilder(string[] args) => throw Surface.Called();
    }

    public class FunctionsApplicationBuilder
    {
        internal FunctionsApplicationBuilder() => throw Surface.Called();

        public IServiceCollection Services => throw Surface.Called();

        public ConfigurationManager Configuration => throw Surface.Called();

        public IHost Build() => throw Surface.Called();
    }

    public static class FunctionsApplicationBuilderAspNetCoreExtensions
    {
        public static FunctionsApplicationBuilder ConfigureFunctionsWebApplication(this FunctionsApplicationBuilder builder) => throw Surface.Called();
    }
}
