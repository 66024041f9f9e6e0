using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Rlhf.Campaigns;

namespace Rlhf.LabelStudio.Server;

/// <summary>What a Label Studio server tells of annotations as they are made, changed and deleted.</summary>
/// <remarks>https://labelstud.io/guide/webhook_reference. It waits a second for an answer and does not repeat what got none, so nothing is asked back here, and the next look makes up for what was lost.</remarks>
public sealed class StudioWebhook(CampaignStore campaigns, StudioStore store, AnnotationIntake intake, IConfiguration configuration)
{
    public const string Header = "X-Rlhf-Webhook";

    private const int ShortestSecret = 16;

    /// <exception cref="RlhfException"><c>webhook-refused</c>, whatever is wrong: the campaign, its server or the secret.</exception>
    public async Task AuthorizeAsync(CampaignId campaign, string? secret, CancellationToken cancellation = default)
    {
        var name = (await TryGetAsync(campaign, cancellation))?.Settings.LabelStudio?.WebhookSetting;
        var expected = name is null ? null : configuration[name];
        // Hashes have one length, so the comparison's time tells nothing about the secret.
        if (expected?.Length >= ShortestSecret && CryptographicOperations.FixedTimeEquals(Hash(secret ?? ""), Hash(expected))) return;
        throw new RlhfException("webhook-refused", "This webhook is not known here.",
            $"Send the header {Header} with the secret that the host has in the setting which the campaign names ({AppSettings.LabelStudioWebhookSecret} unless it names another; {ShortestSecret} characters at least).", 401);
    }

    /// <returns>How many annotations it changed something for.</returns>
    /// <exception cref="RlhfException"><c>invalid-webhook</c>: it is none of Label Studio's, or comes without its payload.</exception>
    public async Task<int> TakeAsync(CampaignId campaign, JsonObject body, CancellationToken cancellation = default)
    {
        var message = JsonSerializer.SerializeToElement(body);
        var action = message.TryGetProperty("action", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        var server = (await campaigns.GetRecentAsync(campaign, cancellation)).Settings.LabelStudio!;
        if (message.TryGetProperty("project", out var project) && AnnotationMessage.Number(project, "id") is { } number && number != server.Project) return 0;
        return action switch
        {
            "ANNOTATION_CREATED" or "ANNOTATION_UPDATED" or "ANNOTATIONS_CREATED" => await TakeAllAsync(campaign, message, cancellation),
            "ANNOTATIONS_DELETED" or "ANNOTATION_DELETED" => await DeleteAllAsync(campaign, message, cancellation),
            null => throw Invalid("has no action"),
            // A webhook may be set up for more than is needed.
            _ => 0,
        };
    }

    private async Task<int> TakeAllAsync(CampaignId campaign, JsonElement message, CancellationToken cancellation)
    {
        var taken = 0;
        foreach (var annotation in AnnotationsOf(message))
        {
            if (AnnotationMessage.Read(annotation) is not { } read) throw Invalid("names an annotation without a number");
            if ((read.Task ?? TaskOf(message)) is not { } task) throw Invalid($"does not say which task annotation {read.Id} is of");
            if (await store.FindByTaskAsync(campaign, task, cancellation) is not { } comparison) continue;
            if (await intake.TakeAsync(campaign, comparison, read, cancellation) == IntakeOutcome.Taken) taken++;
        }
        return taken;
    }

    private async Task<int> DeleteAllAsync(CampaignId campaign, JsonElement message, CancellationToken cancellation)
    {
        var deleted = 0;
        foreach (var annotation in AnnotationsOf(message))
        {
            if (AnnotationMessage.Number(annotation, "id") is not { } id) throw Invalid("names an annotation without a number");
            if (await intake.DeleteAsync(campaign, id, cancellation) == IntakeOutcome.Taken) deleted++;
        }
        return deleted;
    }

    private static IReadOnlyList<JsonElement> AnnotationsOf(JsonElement message)
    {
        if (message.TryGetProperty("annotations", out var several) && several.ValueKind == JsonValueKind.Array) return [.. several.EnumerateArray()];
        return message.TryGetProperty("annotation", out var one) && one.ValueKind == JsonValueKind.Object ? [one] : throw Invalid("has no annotation");
    }

    private static long? TaskOf(JsonElement message) => message.TryGetProperty("task", out var task) ? AnnotationMessage.Number(task, "id") : null;

    private async Task<Campaign?> TryGetAsync(CampaignId campaign, CancellationToken cancellation)
    {
        try
        {
            return await campaigns.GetRecentAsync(campaign, cancellation);
        }
        catch (RlhfException e) when (e.Code == "campaign-not-found")
        {
            return null;
        }
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static RlhfException Invalid(string what) =>
        new("invalid-webhook", $"The webhook's message {what}.", "Set the webhook up in Label Studio with 'Send payload' on, for annotations created, updated and deleted.");
}
