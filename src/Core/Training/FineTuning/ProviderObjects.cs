using System.Text.Json;

namespace Rlhf.Training.FineTuning;

// What the provider's REST interface answers, as far as it is read; names in snake case. Azure's "v1" (https://learn.microsoft.com/rest/api/microsoft-foundry/azureopenai)
// and api-version 2024-10-21 give the same objects; states of both are known here.

internal sealed record ProviderPage<T>(IReadOnlyList<T>? Data, bool HasMore = false);

/// <param name="Status"><c>uploaded</c>, <c>pending</c>, <c>running</c>, <c>processed</c>, <c>error</c>, <c>deleted</c>.</param>
internal sealed record ProviderFile(string Id, string? Filename = null, long CreatedAt = 0, string? Status = null, string? StatusDetails = null)
{
    public bool IsReady => Status is "processed" or "uploaded";

    public bool IsUsable => Status is not ("error" or "deleting" or "deleted");
}

/// <param name="Status"><c>validating_files</c>, <c>queued</c>, <c>pending</c>, <c>running</c>, <c>paused</c>, <c>succeeded</c>, <c>failed</c>, <c>cancelled</c>; others may come.</param>
/// <param name="TrainedTokens">What is charged for; null before the end.</param>
/// <param name="ResultFiles">A table of metrics by step, once it has succeeded.</param>
internal sealed record ProviderJob(
    string Id, string? Status = null, string? TrainingFile = null, string? FineTunedModel = null, long? TrainedTokens = null, long CreatedAt = 0,
    long? EstimatedFinish = null, ProviderJobError? Error = null, IReadOnlyList<string>? ResultFiles = null);

internal sealed record ProviderJobError(string? Code = null, string? Message = null, string? Param = null);

/// <param name="Data">With type <c>metrics</c>: <c>step</c>, <c>total_steps</c> and figures by name.</param>
internal sealed record ProviderEvent(string Id, long CreatedAt = 0, string? Message = null, string? Type = null, JsonElement? Data = null);

/// <param name="Model">What it holds.</param>
/// <param name="State"><c>Accepted</c>, <c>Creating</c>, <c>Succeeded</c>, <c>Failed</c>, …</param>
internal sealed record ProviderDeployment(string Model, string? Version, string State);
