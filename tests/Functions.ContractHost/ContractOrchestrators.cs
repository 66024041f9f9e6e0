using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Rlhf.Contracts.Orchestrations;
using Rlhf.Functions.Durable;

namespace Rlhf.Functions.ContractHost;

/// <summary>The orchestrators of the contract suite, one function each.</summary>
public static class ContractOrchestrators
{
    [Function(nameof(EchoTwice))]
    public static Task<object?> EchoTwice([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<EchoTwice>(context);

    [Function(nameof(FanOut))]
    public static Task<object?> FanOut([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<FanOut>(context);

    [Function(nameof(CatchFailure))]
    public static Task<object?> CatchFailure([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<CatchFailure>(context);

    [Function(nameof(LetFail))]
    public static Task<object?> LetFail([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<LetFail>(context);

    [Function(nameof(Retry))]
    public static Task<object?> Retry([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<Retry>(context);

    [Function(nameof(CallUnknown))]
    public static Task<object?> CallUnknown([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<CallUnknown>(context);

    [Function(nameof(CallBig))]
    public static Task<object?> CallBig([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<CallBig>(context);

    [Function(nameof(SendBig))]
    public static Task<object?> SendBig([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<SendBig>(context);

    [Function(nameof(WaitForHang))]
    public static Task<object?> WaitForHang([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<WaitForHang>(context);

    [Function(nameof(Sleep))]
    public static Task<object?> Sleep([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<Sleep>(context);

    [Function(nameof(CancelTimer))]
    public static Task<object?> CancelTimer([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<CancelTimer>(context);

    [Function(nameof(Race))]
    public static Task<object?> Race([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<Race>(context);

    [Function(nameof(TimeAndIds))]
    public static Task<object?> TimeAndIds([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<TimeAndIds>(context);

    [Function(nameof(WaitOnce))]
    public static Task<object?> WaitOnce([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<WaitOnce>(context);

    [Function(nameof(WaitFor))]
    public static Task<object?> WaitFor([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<WaitFor>(context);

    [Function(nameof(WaitWithTimeout))]
    public static Task<object?> WaitWithTimeout([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<WaitWithTimeout>(context);

    [Function(nameof(NewestFirst))]
    public static Task<object?> NewestFirst([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<NewestFirst>(context);

    [Function(nameof(AbandonWait))]
    public static Task<object?> AbandonWait([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<AbandonWait>(context);

    [Function(nameof(CollectEvents))]
    public static Task<object?> CollectEvents([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<CollectEvents>(context);

    [Function(nameof(CountUp))]
    public static Task<object?> CountUp([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<CountUp>(context);

    [Function(nameof(CollectAcrossGenerations))]
    public static Task<object?> CollectAcrossGenerations([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<CollectAcrossGenerations>(context);

    [Function(nameof(Tell))]
    public static Task<object?> Tell([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<Tell>(context);

    [Function(nameof(Marathon))]
    public static Task<object?> Marathon([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<Marathon>(context);

    [Function(nameof(Parent))]
    public static Task<object?> Parent([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<Parent>(context);

    [Function(nameof(NestedFailure))]
    public static Task<object?> NestedFailure([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<NestedFailure>(context);

    [Function(nameof(SetStatus))]
    public static Task<object?> SetStatus([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<SetStatus>(context);

    [Function(nameof(LogLines))]
    public static Task<object?> LogLines([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<LogLines>(context);

    [Function(nameof(AwaitForeign))]
    public static Task<object?> AwaitForeign([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<AwaitForeign>(context);

    [Function(nameof(AwaitForeignBeside))]
    public static Task<object?> AwaitForeignBeside([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<AwaitForeignBeside>(context);

    [Function(nameof(ContinueElsewhere))]
    public static Task<object?> ContinueElsewhere([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<ContinueElsewhere>(context);

    [Function(nameof(Throw))]
    public static Task<object?> Throw([OrchestrationTrigger] TaskOrchestrationContext context) => OrchestratorRunner.RunAsync<Throw>(context);
}
