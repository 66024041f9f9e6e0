using System.Net;

namespace Rlhf.Training.FineTuning;

/// <summary>What a provider's refusal means for a person, and the way out.</summary>
internal static class FineTuningFailures
{
    /// <summary>Words with which content is refused, in a file's status and in a job's error alike.</summary>
    private static readonly string[] contentWords = ["rai check", "moderation", "harm type", "unsafe training file", "usage policies", "content policy"];

    public static RlhfException OfCall(ProviderException e, FineTuningRecord record) => e switch
    {
        { IsRefusedKey: true } => new("endpoint-key-refused", e.Message,
            "Set AZURE_OPENAI_API_KEY, or give the identity the role 'Cognitive Services OpenAI Contributor' on the resource.", inner: e),
        { Status: HttpStatusCode.TooManyRequests } => new("endpoint-quota-spent", e.Message, "Raise the account's quota or budget, then train again.", inner: e),
        { Status: HttpStatusCode.NotFound } => new("fine-tuning-not-found", e.Message,
            $"Check that '{record.Endpoint}' is an Azure OpenAI resource in a region with fine-tuning, and that nobody deleted its files or jobs.", inner: e),
        _ => new("fine-tuning-refused", e.Message, "Mend what the provider names, then train again: the rankings are kept.", inner: e),
    };

    public static RlhfException OfCreation(ProviderException e, FineTuningRecord record) =>
        e.Status == HttpStatusCode.BadRequest && IsAboutModel(e) ? NotTunable(record, e) : IsAboutContent(e.Message) ? OfContent(e.Message) : OfCall(e, record);

    public static RlhfException OfFile(ProviderFile file) => OfReason(
        $"Azure OpenAI refused the file '{file.Filename}': {file.StatusDetails ?? "it gives no reason"}", "fine-tuning-file-refused", "Look at what it names in the file; it lies beside the run.");

    public static RlhfException OfJob(ProviderJob job) => job.Status == "cancelled"
        ? new("fine-tuning-cancelled", $"Somebody cancelled the fine-tuning job '{job.Id}' at Azure OpenAI.", "Train again: the rankings are kept.")
        : OfReason($"The fine-tuning job '{job.Id}' failed{(job.Error?.Code is { Length: > 0 } code ? $" ({code})" : "")}: {job.Error?.Message ?? "Azure OpenAI gives no reason."}",
            "fine-tuning-failed", "Mend what it names, then train again: the rankings are kept.");

    public static RlhfException TooLate(FineTuningRecord record, TimeSpan within) => new("tuned-model-not-deployed",
        $"The tuned model '{record.TunedModel}' was not deployed as '{record.TargetDeployment}' within {within.TotalDays:0.#} days. {record.Waiting}",
        "It is kept at Azure OpenAI: deploy it there to use it. Deploy sooner, or with enough quota, and train again to have it judged here.");

    public static RlhfException DeploymentFailed(FineTuningRecord record, string state) => new("deployment-failed",
        $"The deployment '{record.TargetDeployment}' of '{record.TunedModel}' ended as {state}.", "Look at it in the Azure portal; the tuned model itself is kept. Then train again to have it judged here.");

    private static RlhfException NotTunable(FineTuningRecord record, ProviderException e) => new("model-not-tunable",
        $"'{record.Model}' can't be tuned by preference at '{record.Endpoint.Host}': {e.Message}",
        "Name one that can, with its version, as fineTuning.model, e.g. gpt-4.1-mini-2025-04-14, and a resource in a region that trains it: https://learn.microsoft.com/azure/foundry/openai/how-to/fine-tuning-direct-preference-optimization.",
        inner: e);

    private static RlhfException OfReason(string message, string code, string remedy) => IsAboutContent(message) ? OfContent(message) : new(code, message, remedy);

    private static RlhfException OfContent(string message) => new("fine-tuning-content-refused", message,
        "The provider takes no such texts, whichever answer was preferred. Leave those prompts out, or tune an open-weights model, where nobody but you decides. A refused file costs nothing.");

    private static bool IsAboutContent(string message) => contentWords.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsAboutModel(ProviderException e) =>
        e.Code?.Contains("model", StringComparison.OrdinalIgnoreCase) == true || e.Message.Contains("model", StringComparison.OrdinalIgnoreCase);
}
