namespace Rlhf.Telemetry;

/// <summary>Names of attributes: OpenTelemetry's and Durable's where they have one, ours otherwise. None of them ever holds a token, a key, a text, or who an annotator is.</summary>
public static class Tags
{
    public const string Campaign = "rlhf.campaign.id";
    public const string Batch = "rlhf.batch.id";
    public const string Run = "rlhf.run.id";
    public const string Comparison = "rlhf.comparison.id";
    public const string AnnotatorKind = "rlhf.annotator.kind";
    public const string Outcome = "rlhf.ranking.outcome";
    public const string JobState = "rlhf.job.state";
    public const string Generator = "rlhf.generator.name";
    public const string Answers = "rlhf.generator.answers";

    public const string ErrorType = "error.type";
    public const string Route = "http.route";
    public const string Path = "url.path";

    // As Durable names them, so that one query serves both hosts.
    public const string TaskType = "durabletask.type";
    public const string TaskName = "durabletask.task.name";
    public const string TaskInstance = "durabletask.task.instance_id";
    public const string TaskStatus = "durabletask.task.status";
    public const string EventTarget = "durabletask.event.target_instance_id";

    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string Model = "gen_ai.request.model";
    public const string MaximumTokens = "gen_ai.request.max_tokens";
    public const string Temperature = "gen_ai.request.temperature";
    public const string TopP = "gen_ai.request.top_p";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string TokenType = "gen_ai.token.type";
}
