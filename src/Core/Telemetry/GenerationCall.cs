using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rlhf.Generation;

namespace Rlhf.Telemetry;

/// <summary>One call of a generator: a span and the measurements of OpenTelemetry's conventions for generative AI. Prompts and answers are in neither.</summary>
internal sealed class GenerationCall : IDisposable
{
    private const string Chat = "chat";

    // Both as the conventions give them.
    private static readonly long[] tokenBounds = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
    private static readonly double[] durationBounds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    private static readonly Histogram<long> tokens = RlhfTelemetry.Meter.CreateHistogram(
        PipelineMetricNames.Tokens, "{token}", "Tokens of an answer and of its prompt.", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = tokenBounds });

    private static readonly Histogram<double> duration = RlhfTelemetry.Meter.CreateHistogram(
        PipelineMetricNames.Duration, "s", "One call of a generator.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = durationBounds });

    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly string provider;
    private readonly string model;
    private readonly Activity? span;
    private string? errorType;
    private (long Input, long Output) used;

    private GenerationCall(string provider, string model, Activity? span) => (this.provider, this.model, this.span) = (provider, model, span);

    /// <param name="provider">E.g. <c>openai</c>, <c>onnxruntime</c>.</param>
    /// <param name="answers">Asked for in this call.</param>
    public static GenerationCall Start(string provider, string model, string generator, SamplingSettings sampling, int answers, ActivityKind kind)
    {
        var span = RlhfTelemetry.Source.StartActivity($"{Chat} {model}", kind);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag(Tags.Operation, Chat).SetTag(Tags.Provider, provider).SetTag(Tags.Model, model).SetTag(Tags.Generator, generator)
                .SetTag(Tags.Answers, answers).SetTag(Tags.MaximumTokens, sampling.MaximumTokens).SetTag(Tags.Temperature, sampling.Temperature).SetTag(Tags.TopP, sampling.TopP);
        }
        return new(provider, model, span);
    }

    public void Answered(GenerationOutcome outcome)
    {
        if (outcome.PromptTokens > 0) tokens.Record(outcome.PromptTokens, TagsOf(new(Tags.TokenType, "input")));
        if (outcome.CompletionTokens > 0) tokens.Record(outcome.CompletionTokens, TagsOf(new(Tags.TokenType, "output")));
        used = (used.Input + outcome.PromptTokens, used.Output + outcome.CompletionTokens);
        if (outcome.Failure is { } failure) Failed(failure.Code);
    }

    /// <param name="type">A code or a type's name; what an endpoint says in words may repeat a key or a prompt.</param>
    public void Failed(string type) => errorType = type;

    public void Dispose()
    {
        KeyValuePair<string, object?>? error = errorType is null ? null : new(Tags.ErrorType, errorType);
        duration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, TagsOf(error));
        if (span is null) return;
        span.SetTag(Tags.InputTokens, used.Input).SetTag(Tags.OutputTokens, used.Output);
        if (errorType is not null) span.SetTag(Tags.ErrorType, errorType).SetStatus(ActivityStatusCode.Error, errorType);
        span.Dispose();
    }

    private TagList TagsOf(KeyValuePair<string, object?>? more)
    {
        var tags = new TagList { { Tags.Operation, Chat }, { Tags.Provider, provider }, { Tags.Model, model } };
        if (more is { } one) tags.Add(one);
        return tags;
    }
}
