using Rlhf.Orchestrations;

namespace Rlhf.Contracts.Orchestrations;

public sealed class Echo : Activity<string, string>
{
    public override Task<string> RunAsync(string input, CancellationToken cancellation) => Task.FromResult(input);
}

/// <summary>Writes a line and gives the line's number.</summary>
public sealed class Note : Activity<Note.Input, int>
{
    public sealed record Input(Trace Trace, string Line);

    public override Task<int> RunAsync(Input input, CancellationToken cancellation)
    {
        input.Trace.Add(input.Line);
        return Task.FromResult(input.Trace.Lines.Count);
    }
}

public sealed class Fail : Activity<string, string>
{
    public override Task<string> RunAsync(string input, CancellationToken cancellation) => throw new RlhfException("no-luck", $"No luck with {input}.", "Try another.");
}

/// <summary>Fails until it has been called often enough, by the lines of its trace.</summary>
public sealed class FailAtFirst : Activity<FailAtFirst.Input, int>
{
    /// <param name="IsForGood">Fails with an error that says trying again won't help.</param>
    public sealed record Input(Trace Trace, int Failures, bool IsForGood);

    public override Task<int> RunAsync(Input input, CancellationToken cancellation)
    {
        input.Trace.Add("called");
        var calls = input.Trace.Lines.Count;
        if (calls > input.Failures) return Task.FromResult(calls);
        throw input.IsForGood ? new RlhfException("for-good", $"Call {calls} fails.", "Mend it first.") : new TimeoutException($"Call {calls} fails.");
    }
}

/// <summary>Goes on until it is asked to stop.</summary>
public sealed class Hang : Activity<Trace, string>
{
    public override async Task<string> RunAsync(Trace input, CancellationToken cancellation)
    {
        input.Add("began");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return "never";
        }
        finally
        {
            input.Add("stopped");
        }
    }
}

/// <summary>Gives a text of a length.</summary>
public sealed class Big : Activity<int, string>
{
    public override Task<string> RunAsync(int input, CancellationToken cancellation) => Task.FromResult(new string('x', input));
}
