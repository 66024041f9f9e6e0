using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

/// <summary>The orchestrators and activities that the contract suite needs.</summary>
public static class ContractSteps
{
    public static StepRegistry Registry() => new StepRegistry()
        .AddActivity<Echo>().AddActivity<Note>().AddActivity<Fail>().AddActivity<FailAtFirst>().AddActivity<Hang>().AddActivity<Big>()
        .AddOrchestrator<EchoTwice>().AddOrchestrator<FanOut>().AddOrchestrator<CatchFailure>().AddOrchestrator<LetFail>().AddOrchestrator<Retry>()
        .AddOrchestrator<CallUnknown>().AddOrchestrator<CallBig>().AddOrchestrator<SendBig>().AddOrchestrator<WaitForHang>()
        .AddOrchestrator<Sleep>().AddOrchestrator<CancelTimer>().AddOrchestrator<Race>().AddOrchestrator<TimeAndIds>()
        .AddOrchestrator<WaitOnce>().AddOrchestrator<WaitFor>().AddOrchestrator<WaitWithTimeout>().AddOrchestrator<NewestFirst>().AddOrchestrator<AbandonWait>()
        .AddOrchestrator<CollectEvents>().AddOrchestrator<CountUp>().AddOrchestrator<CollectAcrossGenerations>().AddOrchestrator<Tell>()
        .AddOrchestrator<Marathon>().AddOrchestrator<Parent>().AddOrchestrator<NestedFailure>().AddOrchestrator<SetStatus>().AddOrchestrator<LogLines>()
        .AddOrchestrator<AwaitForeign>().AddOrchestrator<AwaitForeignBeside>().AddOrchestrator<ContinueElsewhere>().AddOrchestrator<Throw>();
}
