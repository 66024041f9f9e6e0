using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

public abstract partial class OrchestrationContract
{
    [Fact]
    public async Task CallActivity_OneAfterTheOther_GivesTheirOutputs() => Assert.Equal("grüße 早 once twice", await OutputAsync<EchoTwice, string>("grüße 早"));

    [Fact]
    public async Task CallActivity_FanOut_GivesAllOutputs() => Assert.Equal(4950, await OutputAsync<FanOut, int>(100));

    [Fact]
    public async Task CallActivity_Fails_ThrowsStepFailedWithTypeCodeAndRemedy()
    {
        var failure = await OutputAsync<CatchFailure, StepFailure>("this");
        Assert.Equal((typeof(RlhfException).FullName, "No luck with this.", "no-luck", "Try another."),
            (failure.ErrorType, failure.Message, failure.ErrorCode, failure.Remedy));
    }

    [Fact]
    public async Task CallActivity_FailureNotCaught_FailsTheInstanceWithItsCode()
    {
        var ended = await RunAsync<LetFail>("this");
        Assert.Equal(OrchestrationStatus.Failed, ended.Status);
        Assert.Equal(typeof(StepFailedException).FullName, ended.Failure!.ErrorType);
        Assert.Equal(("no-luck", "Try another."), (ended.Failure.ErrorCode, ended.Failure.Remedy));
        Assert.Contains("No luck with this.", ended.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallActivity_WithRetries_TriesAgainAfterADelay()
    {
        var id = await StartAsync<Retry>(new Retry.Input(Trace, Failures: 2, Attempts: 3, SomeTime));
        await Eventually.TrueAsync(() => Trace.Lines.Count == 1);
        Assert.Equal(3, Output<int>(await EndWhileTimePassesAsync(id)));
    }

    [Fact]
    public async Task CallActivity_AttemptsUsedUp_Fails()
    {
        var ended = await EndWhileTimePassesAsync(await StartAsync<Retry>(new Retry.Input(Trace, Failures: 9, Attempts: 2, SomeTime)));
        Assert.Equal(OrchestrationStatus.Failed, ended.Status);
        Assert.Contains("Call 2 fails.", ended.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(2, Trace.Lines.Count);
    }

    [Fact]
    public async Task CallActivity_ErrorThatThePolicyDoesNotHandle_IsNotTriedAgain()
    {
        var ended = await RunAsync<Retry>(new Retry.Input(Trace, Failures: 1, Attempts: 5, SomeTime, OnlyOthers: true));
        Assert.Equal(OrchestrationStatus.Failed, ended.Status);
        Assert.Single(Trace.Lines);
    }

    [Fact]
    public async Task CallActivity_ErrorThatSaysItStays_IsNotTriedAgain()
    {
        var ended = await RunAsync<Retry>(new Retry.Input(Trace, Failures: 1, Attempts: 5, SomeTime, IsForGood: true));
        Assert.Equal((OrchestrationStatus.Failed, "for-good", "Mend it first."), (ended.Status, ended.Failure!.ErrorCode, ended.Failure.Remedy));
        Assert.Single(Trace.Lines);
    }

    [Fact]
    public async Task CallActivity_NoSuchActivity_FailsByName()
    {
        var ended = await RunAsync<CallUnknown>("x");
        Assert.Equal(OrchestrationStatus.Failed, ended.Status);
        Assert.Contains("NoSuchActivity", ended.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallActivity_OutputTooLarge_FailsWithTheSize()
    {
        Assert.Equal(Payloads.MaximumBytes - 2, await OutputAsync<CallBig, int>(Payloads.MaximumBytes - 2));
        var ended = await RunAsync<CallBig>(Payloads.MaximumBytes);
        Assert.Equal("payload-too-large", ended.Failure!.ErrorCode);
        Assert.Contains("output of Big", ended.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallActivity_InputTooLarge_FailsWithTheSize()
    {
        var ended = await RunAsync<SendBig>(Payloads.MaximumBytes);
        Assert.Equal("payload-too-large", ended.Failure!.ErrorCode);
    }

    [Fact]
    public async Task Throw_FailsTheInstanceWithTheReason()
    {
        var ended = await RunAsync<Throw>("No way.");
        Assert.Equal(OrchestrationStatus.Failed, ended.Status);
        Assert.Equal(("No way.", "thrown", "Do otherwise."), (ended.Failure!.Message, ended.Failure.ErrorCode, ended.Failure.Remedy));
    }
}
