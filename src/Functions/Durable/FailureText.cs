using System.Text.Json;
using Rlhf.Json;
using Rlhf.Orchestrations;

namespace Rlhf.Functions.Durable;

/// <summary>A failure as one line of text: the message for people, then all of it as JSON. The text of an exception's first line is what every version of Durable carries from a worker
/// to the caller and into the instance's history; its properties are not.</summary>
internal static class FailureText
{
    private const string Marker = " | failure ";

    public static string Write(StepFailure failure) =>
        failure.Message.ReplaceLineEndings(" ") + Marker + JsonSerializer.Serialize(failure with { StackTrace = null }, RlhfJson.Options);

    /// <summary>The failure, or null where the text is not of our writing: then the runtime itself failed the step.</summary>
    public static StepFailure? Read(string? text)
    {
        // A message may hold the marker too; what comes after the right one is JSON to the end.
        for (var at = Find(text, 0); at >= 0; at = Find(text, at + 1))
            if (TryParse(text![(at + Marker.Length)..]) is { } failure) return failure;
        return null;
    }

    private static int Find(string? text, int from) => text?.IndexOf(Marker, from, StringComparison.Ordinal) ?? -1;

    private static StepFailure? TryParse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<StepFailure>(json, RlhfJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a step's function throws: the failure in a form that comes back as it was.</summary>
internal sealed class StepError(Exception cause) : Exception(FailureText.Write(StepFailure.Of(cause)), cause);
