namespace Rlhf.LabelStudio;

/// <summary>Somebody's Label Studio server, in which the campaign is labeled too: its comparisons go there as tasks, annotations come back by webhook and by looking.</summary>
/// <param name="Url">The server's address, e.g. <c>https://labels.example.org</c>.</param>
/// <param name="Project">The project's number there; its template has a Pairwise (or, for three answers and more, a Ranker) tag.</param>
public sealed record LabelStudioSettings(Uri Url, int Project)
{
    /// <summary>Name of the configuration setting that holds the server's access token; the token itself is never stored with the campaign.</summary>
    public string TokenSetting { get; init; } = AppSettings.LabelStudioToken;

    /// <summary>Name of the configuration setting that holds the webhook's shared secret.</summary>
    public string WebhookSetting { get; init; } = AppSettings.LabelStudioWebhookSecret;

    /// <summary>How often the server is asked what was annotated, beside its webhooks: one that got lost is made up for within this.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromMinutes(5);
}
