using Microsoft.DurableTask.Client;

namespace Rlhf.Functions.Durable;

/// <summary>Durable's client, for those who are not functions. The host hands it to functions only, each time the same one in effect; every function that may start or signal something binds it and puts it here first.</summary>
public sealed class DurableClientHolder
{
    private volatile DurableTaskClient? latest;

    public DurableTaskClient Client => latest ?? throw new InvalidOperationException("No function has bound the Durable client yet: add a [DurableClient] parameter and call Use.");

    public void Use(DurableTaskClient client) => latest = client;
}
