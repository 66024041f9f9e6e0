using Rlhf.Functions.Durable;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Tests.Durable;

public sealed class FailureTextTests
{
    [Fact]
    public void Write_ThenRead_GivesTheFailure()
    {
        var failure = new StepFailure("Some.Type", "Two\nlines | failure {\"message\":\"not this\"} and \"quotes\", grüße 早.", "code", "Do this.", null, IsTransient: false);
        var text = FailureText.Write(failure);
        Assert.DoesNotContain('\n', text);
        Assert.StartsWith("Two lines", text, StringComparison.Ordinal);
        Assert.Equal(failure, FailureText.Read(text));
    }

    [Fact]
    public void Write_LeavesTheStackToDurable() =>
        Assert.Null(FailureText.Read(FailureText.Write(new("T", "M", StackTrace: "at Somewhere")))!.StackTrace);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Function 'X (Activity)' failed with an unhandled exception.")]
    [InlineData("cut off | failure {\"errorType\":\"T\",\"mess")]
    public void Read_NotOfOurWriting_GivesNull(string? text) => Assert.Null(FailureText.Read(text));
}
