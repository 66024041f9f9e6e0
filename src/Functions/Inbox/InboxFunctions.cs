using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Rlhf.Functions.Durable;
using Rlhf.Prompts;

namespace Rlhf.Functions.Inbox;

/// <summary>Prompt files that are dropped into the inbox container. Both roads lead to the same idempotent reading: Event Grid's notification is quick and may be lost; the sweep finds every file.</summary>
public sealed class InboxFunctions(InboxSweeper inbox, DurableClientHolder clients)
{
    /// <summary>The inbox lies in the host's own storage account (<see cref="AppSettings.HostStorage"/>).</summary>
    [Function("InboxDropped")]
    public Task Dropped(
        [BlobTrigger("inbox/{name}", Source = BlobTriggerSource.EventGrid)] BlobClient file, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        clients.Use(client);
        return inbox.IngestAsync(InboxFile.Inbox + file.Name, cancellation);
    }

    [Function("InboxSwept")]
    public Task Swept([TimerTrigger("%" + AppSettings.InboxSweep + "%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        clients.Use(client);
        return inbox.SweepAsync(cancellation);
    }
}
