using System.Text.Json;
using System.Text.Json.Nodes;
using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Templates;

namespace Rlhf.LabelStudio.Server;

/// <summary>Keeps a batch and its tasks on the campaign's Label Studio server together: pushes what is not there yet, and pulls what was annotated. Every step may be repeated.</summary>
public sealed class StudioSync(StudioClients clients, StudioStore store, ComparisonStore comparisons, AnnotationIntake intake, TimeProvider time)
{
    /// <summary>How long an import may go on unseen: what is not found before is not asked for again.</summary>
    private static readonly TimeSpan ImportTakes = TimeSpan.FromMinutes(2);

    /// <summary>Nothing happens where the campaign has no server.</summary>
    /// <exception cref="RlhfException"><c>label-studio-…</c>: the server refuses, or (transient) is away.</exception>
    public async Task KeepAsync(Campaign campaign, BatchId batch, CancellationToken cancellation = default)
    {
        if (campaign.Settings.LabelStudio is not { } server || campaign.State != CampaignState.Active) return;
        var client = clients.Open(server);
        var push = await store.FindPushAsync(campaign.Id, batch, cancellation);
        if (push is not { IsDone: true }) push = await PushAsync(client, campaign, batch, push, cancellation);
        if (!push.IsDone || (push.PulledAt is { } pulled && time.GetUtcNow() - pulled < server.PollEvery)) return;
        await PullAsync(client, campaign.Id, batch, cancellation);
        await store.SavePushAsync(campaign.Id, push with { PulledAt = time.GetUtcNow() }, cancellation);
    }

    /// <summary>A task with its annotations, as the server has it now.</summary>
    internal async Task PullAsync(StudioClient client, CampaignId campaign, StudioTask task, CancellationToken cancellation)
    {
        // A task that is gone is somebody's tidying up there; what was annotated stays annotated.
        if (await client.FindTaskAsync(task.Task, cancellation) is not { } there) return;
        var annotations = there.TryGetProperty("annotations", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(AnnotationMessage.Read).OfType<AnnotationMessage>().OrderBy(a => a.UpdatedAt).ToList() : [];
        foreach (var annotation in annotations) await intake.TakeAsync(campaign, task.Comparison, annotation, cancellation);
        // What was known before the look and is not there any more has been deleted.
        foreach (var gone in task.Annotations.Where(a => !a.IsDeleted && annotations.All(known => known.Id != a.Id)))
            await intake.DeleteAsync(campaign, gone.Id, cancellation);
    }

    private async Task PullAsync(StudioClient client, CampaignId campaign, BatchId batch, CancellationToken cancellation)
    {
        foreach (var comparison in await comparisons.ReadBatchAsync(campaign, batch, cancellation))
            if (await store.FindTaskAsync(campaign, comparison.Id, cancellation) is { } task) await PullAsync(client, campaign, task, cancellation);
    }

    private async Task<StudioPush> PushAsync(StudioClient client, Campaign campaign, BatchId batch, StudioPush? before, CancellationToken cancellation)
    {
        var all = await comparisons.ReadBatchAsync(campaign.Id, batch, cancellation);
        var template = LabelTemplates.Of(campaign.Settings);
        var left = ProjectTemplate.LeftOf(await client.GetTemplateAsync(cancellation), template, campaign.Settings.Answers);
        if (before is not null) await store.AddTasksAsync(campaign.Id, await FindOursAsync(client, campaign.Id, all, left, cancellation), cancellation);
        var missing = await MissingAsync(campaign.Id, all, cancellation);
        if (missing.Count > 0)
        {
            if (before?.AskedAt is { } asked && time.GetUtcNow() - asked < ImportTakes) return before;
            // Said before the call: after a crash nobody knows whether the tasks are there, so they are looked for.
            var pushing = new StudioPush(batch, AskedAt: time.GetUtcNow());
            await store.SavePushAsync(campaign.Id, pushing, cancellation);
            var numbers = await client.ImportAsync(new JsonArray([.. missing.Select(c => (JsonNode)TaskWriter.ToTask(campaign.Id, c, template, left))]), cancellation);
            // Without numbers they are found at the next look.
            if (numbers is null) return pushing;
            await store.AddTasksAsync(campaign.Id, missing.Zip(numbers, (c, number) => ToRow(c, number, left)), cancellation);
        }
        var done = new StudioPush(batch, IsDone: true);
        await store.SavePushAsync(campaign.Id, done, cancellation);
        return done;
    }

    /// <summary>The batch's tasks that are on the server already.</summary>
    private static async Task<IReadOnlyList<StudioTask>> FindOursAsync(StudioClient client, CampaignId campaign, IReadOnlyList<Comparison> all, int left, CancellationToken cancellation)
    {
        var wanted = all.ToDictionary(c => c.Id);
        var found = new Dictionary<ComparisonId, StudioTask>();
        await foreach (var task in client.ListTasksAsync(cancellation))
        {
            if (!task.TryGetProperty("data", out var data) || TaskMeta.Read(data) is not { } meta || AnnotationMessage.Number(task, "id") is not { } number) continue;
            if (meta.Campaign != campaign || !wanted.TryGetValue(meta.Comparison, out var comparison)) continue;
            // As the task says, not as it would be drawn: one of an exported file stands in the comparison's own order.
            if (meta.OrderOf(comparison) is { } order) found.TryAdd(comparison.Id, new(comparison.Id, comparison.Batch, number, order, left, []));
        }
        return [.. found.Values];
    }

    private async Task<IReadOnlyList<Comparison>> MissingAsync(CampaignId campaign, IReadOnlyList<Comparison> all, CancellationToken cancellation)
    {
        var missing = new List<Comparison>();
        foreach (var comparison in all)
            if (await store.FindTaskAsync(campaign, comparison.Id, cancellation) is null) missing.Add(comparison);
        return missing;
    }

    private static StudioTask ToRow(Comparison comparison, long number, int left) => new(comparison.Id, comparison.Batch, number, TaskWriter.OrderOf(comparison), left, []);
}
