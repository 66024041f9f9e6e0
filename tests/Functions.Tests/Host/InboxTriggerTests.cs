using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Rlhf.Contracts;
using Rlhf.Storage;
using Rlhf.Web.Contracts;

namespace Rlhf.Functions.Tests.Host;

/// <summary>The blob trigger of a running host. Azurite has no Event Grid, so the test sends the message that Event Grid would send to the host's webhook.</summary>
public sealed class InboxTriggerTests
{
    /// <summary>The host's system key <c>blobs_extension</c>, which Azure's subscription has in its webhook's address.</summary>
    private const string KeyVariable = "RLHF_BLOBS_KEY";

    [HostFact(KeyVariable)]
    public async Task BlobCreated_EventGridTells_TheFileIsRead()
    {
        // With a sweep every few seconds nobody could tell which of the two read the file.
        Assert.StartsWith("0 0 0 1 1", Environment.GetEnvironmentVariable(AppSettings.InboxSweep) ?? "", StringComparison.Ordinal);
        using var owner = RunningHost.Owner();
        var campaign = (await owner.PostAsync<CampaignView>("api/campaigns", new CampaignRequest("Trigger", CampaignId.From($"drop-{Guid.NewGuid().ToString("n")[..8]}")))).Id;
        var name = $"{campaign}/drop.jsonl";
        await BlobStores.Open(RunningHost.Storage).WriteTextAsync($"inbox/{name}", """{"prompt": "Where is my parcel?"}""");

        using var told = await TellAsync(name);

        Assert.Equal(HttpStatusCode.Accepted, told.StatusCode);
        await Eventually.GetAsync(async () => (await owner.GetAsync<CampaignResponse>($"api/campaigns/{campaign}")).Progress is { Prompts.All: 1 } read ? read : null, "the prompt is read");
    }

    private static async Task<HttpResponseMessage> TellAsync(string name)
    {
        using var http = new HttpClient { BaseAddress = RunningHost.App };
        var key = Uri.EscapeDataString(Environment.GetEnvironmentVariable(KeyVariable)!);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"runtime/webhooks/blobs?functionName=Host.Functions.InboxDropped&code={key}") { Content = JsonContent.Create(new JsonArray(Event(name))) };
        request.Headers.Add("aeg-event-type", "Notification");
        return await http.SendAsync(request);
    }

    /// <summary>Event Grid schema, Microsoft.Storage.BlobCreated (learn.microsoft.com/azure/event-grid/event-schema-blob-storage).</summary>
    private static JsonObject Event(string name) => new()
    {
        ["topic"] = "/subscriptions/0/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/local",
        ["subject"] = $"/blobServices/default/containers/inbox/blobs/{name}",
        ["eventType"] = "Microsoft.Storage.BlobCreated",
        ["eventTime"] = TimeProvider.System.GetUtcNow().ToString("O"),
        ["id"] = Guid.NewGuid().ToString(),
        ["dataVersion"] = "",
        ["metadataVersion"] = "1",
        ["data"] = new JsonObject
        {
            ["api"] = "PutBlob",
            ["requestId"] = Guid.NewGuid().ToString(),
            ["eTag"] = "0x1",
            ["contentType"] = "application/octet-stream",
            ["contentLength"] = 33,
            ["blobType"] = "BlockBlob",
            ["url"] = new BlobClient(RunningHost.Storage, "inbox", name).Uri.ToString(),
        },
    };
}
