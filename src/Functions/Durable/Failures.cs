using Microsoft.DurableTask;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Durable;

/// <summary>From Durable's account of a failure to Core's.</summary>
internal static class Failures
{
    private const string NonDeterministic = "NonDeterministicOrchestrationException";

    /// <param name="fallback">Said where the details hold nothing, as for an activity that the host does not know.</param>
    public static StepFailure Of(TaskFailureDetails details, string fallback)
    {
        if (FailureText.Read(details.ErrorMessage) is { } own) return own with { StackTrace = details.StackTrace };
        var type = details.ErrorType.EndsWith(NonDeterministic, StringComparison.Ordinal) ? typeof(NonDeterministicException).FullName! : details.ErrorType;
        return new(type, IsEmpty(details.ErrorMessage) ? fallback : details.ErrorMessage, StackTrace: details.StackTrace);
    }

    private static bool IsEmpty(string? message) => string.IsNullOrWhiteSpace(message) || message == "(unknown)";
}
