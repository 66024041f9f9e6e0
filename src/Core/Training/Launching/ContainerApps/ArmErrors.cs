using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Identity;

namespace Rlhf.Training.Launching.ContainerApps;

/// <summary>What Azure Resource Manager refuses, as an error that names the resource, and the role or setting that is wrong.</summary>
/// <param name="job">The Container Apps job.</param>
internal sealed class ArmErrors(ResourceIdentifier job)
{
    /// <summary>The built-in role that reads, starts and stops a job and its executions.</summary>
    public const string Role = "Container Apps Jobs Operator";

    /// <param name="what">What was asked for, e.g. <c>start the trainer's job</c>.</param>
    public RlhfException From(Response response, string what)
    {
        var (code, message) = Read(response);
        var said = $"Azure answered {response.Status}{(code is null ? "" : $" {code}")}{(message is null ? "" : $": {message}")}";
        return response.Status switch
        {
            401 => new("azure-identity", $"Could not {what}: {said}.", Identity, 500),
            403 => new("trainer-job-forbidden", $"The identity may not {what} ('{job}'). {said}.",
                $"Give the app's identity the role '{Role}' on {job}; a new assignment takes some minutes to work.", 500),
            404 => new("trainer-job-not-found", $"Could not {what}: there is no Container Apps job '{job}'. {said}.",
                $"Correct {AppSettings.TrainerJob}: it names the wrong job, or the deployment is not complete.", 500),
            _ when IsQuota(code) => new("trainer-job-quota", $"Could not {what}: {said}.",
                "Ask for quota of the job's workload profile (GPUs) in its region, or wait until another execution has ended; then train again: the rankings are kept.", 500),
            409 => new("trainer-job-busy", $"Could not {what}: {said}.", "The job is being changed or is busy; it is tried again by itself.", 503) { IsTransient = true },
            408 or 429 => new("azure-busy", $"Could not {what}: {said}{Wait(response)}.", "It is tried again by itself.", 503) { IsTransient = true, RetryAfter = ArmRetryPolicy.RetryAfterOf(response) },
            >= 500 => new("azure-unavailable", $"Could not {what}: {said}.", "It is tried again by itself; https://azure.status.microsoft says whether Azure has a trouble.", 503) { IsTransient = true, RetryAfter = ArmRetryPolicy.RetryAfterOf(response) },
            _ => new("trainer-job-refused", $"Could not {what}: {said}.", $"Look at the Container Apps job '{job.Name}' in the portal; deploying again (azd up) puts back what was changed.", 500),
        };
    }

    /// <summary>No answer at all.</summary>
    public static RlhfException From(Exception e, string what) => e switch
    {
        CredentialUnavailableException => new("azure-identity", $"Could not {what}: no identity is there. {FirstLine(e)}", Identity, 500, e),
        AuthenticationFailedException => new("azure-identity", $"Could not {what}: the identity got no token. {FirstLine(e)}", Identity, 503, e) { IsTransient = true },
        _ => new("azure-unreachable", $"Could not {what}: Azure Resource Manager can't be reached. {FirstLine(e)}", "Look at the network; it is tried again by itself.", 503, e) { IsTransient = true },
    };

    public static bool IsNoAnswer(Exception e) => e is RequestFailedException or AuthenticationFailedException or AggregateException or IOException or HttpRequestException or TaskCanceledException;

    /// <summary>The service says 400 of an execution that it does not know.</summary>
    public static bool IsGone(Response response) =>
        response.Status == 404 || (response.Status == 400 && response.Content.ToString().Contains("not found", StringComparison.OrdinalIgnoreCase));

    private static string Identity => $"Give the app a managed identity; a user-assigned one is named by {AppSettings.Identity} (its client id). On your own machine, sign in with az login.";

    private static bool IsQuota(string? code) =>
        code is not null && (code.Contains("Quota", StringComparison.OrdinalIgnoreCase) || code.Contains("LimitExceeded", StringComparison.OrdinalIgnoreCase)
            || code.Contains("MaximumCoreCount", StringComparison.OrdinalIgnoreCase) || code.Contains("CapacityExceeded", StringComparison.OrdinalIgnoreCase));

    private static string Wait(Response response) =>
        ArmRetryPolicy.RetryAfterOf(response) is { } wait ? $" (again in {Math.Ceiling(wait.TotalSeconds):0} s)" : "";

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();

    private static (string? Code, string? Message) Read(Response response)
    {
        try
        {
            var error = JsonNode.Parse(response.Content.ToString())?["error"];
            return error is JsonObject known ? ((string?)known["code"], ((string?)known["message"])?.TrimEnd('.')) : (null, (string?)error);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, null);
        }
    }
}
