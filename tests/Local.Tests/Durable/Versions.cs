using Rlhf.Contracts.Orchestrations;
using Rlhf.Orchestrations;

namespace Rlhf.Local.Tests.Durable;

/// <summary>One orchestrator, and what its code might look like after a careless change.</summary>
public static class Versions
{
    public static class Original
    {
        public sealed class Changing : Orchestrator<string, string>
        {
            public override async Task<string> RunAsync(IOrchestrationContext context, string input)
            {
                await context.CallActivityAsync<string>(nameof(Echo), input);
                await context.CallActivityAsync<string>(nameof(Echo), input);
                context.SetCustomStatus("waiting");
                return await context.WaitForExternalEvent<string>("Go");
            }
        }
    }

    public static class CallsAnother
    {
        public sealed class Changing : Orchestrator<string, string>
        {
            public override async Task<string> RunAsync(IOrchestrationContext context, string input)
            {
                await context.CallActivityAsync<string>(nameof(Echo), input);
                await context.CallActivityAsync<string>(nameof(Note), input);
                return await context.WaitForExternalEvent<string>("Go");
            }
        }
    }

    public static class CallsLess
    {
        public sealed class Changing : Orchestrator<string, string>
        {
            public override async Task<string> RunAsync(IOrchestrationContext context, string input)
            {
                await context.CallActivityAsync<string>(nameof(Echo), input);
                return await context.WaitForExternalEvent<string>("Go");
            }
        }
    }

    public static class CallsMore
    {
        public sealed class Changing : Orchestrator<string, string>
        {
            public override async Task<string> RunAsync(IOrchestrationContext context, string input)
            {
                for (var i = 0; i < 3; i++) await context.CallActivityAsync<string>(nameof(Echo), input);
                return await context.WaitForExternalEvent<string>("Go");
            }
        }
    }

    public static class EndsEarly
    {
        public sealed class Changing : Orchestrator<string, string>
        {
            public override Task<string> RunAsync(IOrchestrationContext context, string input) => Task.FromResult("nothing left to do");
        }
    }

    public static class SetsTimer
    {
        public sealed class Changing : Orchestrator<string, string>
        {
            public override async Task<string> RunAsync(IOrchestrationContext context, string input)
            {
                await context.CreateTimer(TimeSpan.FromHours(1));
                return input;
            }
        }
    }
}
