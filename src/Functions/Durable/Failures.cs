using Microsoft.DurableTask;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Durable;

/// <summary>From Durable's account of a failure to Core's.</summary>
internal static class Failures
{
    private const string NonDeterministic = "NonDeterministicOrchestrationException";

    /// <param name="text"><c>Type: message</c>, as an exception is written.</param>
    public static StepFailure Of(string text)
    {
        if (FailureText.Read(text) is { } own) return own;
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? new("", text) : new(TypeOf(text[..colon]), text[(colon + 2)..]);
    }

    /// <param name="details">Null where Durable has none, as for a child that was terminated.</param>
    /// <param name="fallback">Said where the details hold nothing, as for an activity that the host does not know.</param>
    public static StepFailure Of(TaskFailureDetails? details, string fallback)
    {
        if (details is null) return new("", fallback);
        if (FailureText.Read(details.ErrorMessage) is { } own) return own with { StackTrace = details.StackTrace };
        return new(TypeOf(details.ErrorType), IsEmpty(details.ErrorMessage) ? fallback : details.ErrorMessage, StackTrace: details.StackTrace);
    }

    private static string TypeOf(string type) => type.EndsWith(NonDeterministic, StringComparison.Ordinal) ? typeof(NonDeterministicException).FullName! : type;

    private static bool IsEmpty(string? message) => string.IsNullOrWhiteSpace(message) || message == "(unknown)";
}
