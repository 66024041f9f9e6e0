using System.Text.Json.Serialization;
using Rlhf.Json;

namespace Rlhf;

/// <summary>A value type for an id, so that two ids can't be swapped. Written as its plain string in JSON.</summary>
public interface IId<TSelf> where TSelf : struct, IId<TSelf>
{
    string Value { get; }

    static abstract TSelf From(string value);
}

[JsonConverter(typeof(IdConverter<CampaignId>))]
public readonly record struct CampaignId(string Value) : IId<CampaignId>
{
    public static CampaignId From(string value) => new(IdRules.Check(value, "campaign"));

    public override string ToString() => Value;
}

/// <summary>A labeling batch, and the id of the orchestration that carries it: <c>&lt;campaign&gt;-r&lt;round&gt;-b&lt;n&gt;</c>.</summary>
[JsonConverter(typeof(IdConverter<BatchId>))]
public readonly record struct BatchId(string Value) : IId<BatchId>
{
    public static BatchId From(string value) => new(IdRules.Check(value, "batch"));

    public static BatchId For(CampaignId campaign, int round, int number) => new($"{campaign.Value}-r{round}-b{number:D5}");

    public override string ToString() => Value;
}

/// <summary>Hash of the exact messages (Unicode NFC and CRLF→LF first), so the same prompt twice is one prompt.</summary>
[JsonConverter(typeof(IdConverter<PromptId>))]
public readonly record struct PromptId(string Value) : IId<PromptId>
{
    public static PromptId From(string value) => new(IdRules.Check(value, "prompt"));

    public override string ToString() => Value;
}

/// <summary>One prompt with its K answers. Opaque: annotators see it, so it tells nothing about round, batch, generator or kind.</summary>
[JsonConverter(typeof(IdConverter<ComparisonId>))]
public readonly record struct ComparisonId(string Value) : IId<ComparisonId>
{
    public static ComparisonId From(string value) => new(IdRules.Check(value, "comparison"));

    public override string ToString() => Value;
}

[JsonConverter(typeof(IdConverter<AnnotatorId>))]
public readonly record struct AnnotatorId(string Value) : IId<AnnotatorId>
{
    public static AnnotatorId From(string value) => new(IdRules.Check(value, "annotator"));

    public override string ToString() => Value;
}

/// <summary>One training: <c>&lt;campaign&gt;-run&lt;n&gt;</c>.</summary>
[JsonConverter(typeof(IdConverter<RunId>))]
public readonly record struct RunId(string Value) : IId<RunId>
{
    public static RunId From(string value) => new(IdRules.Check(value, "run"));

    public override string ToString() => Value;
}

/// <summary>Ids travel in URLs, blob paths and table keys, so they keep to what is safe in all three.</summary>
public static class IdRules
{
    public const int MaximumLength = 80;

    /// <summary>Returns <paramref name="value"/> if it is 1..80 lower-case letters, digits and inner hyphens.</summary>
    /// <exception cref="RlhfException"><c>invalid-id</c>, naming the id.</exception>
    public static string Check(string? value, string kind)
    {
        if (IsValid(value)) return value!;
        var shown = value is { Length: > 100 } ? value[..100] + "…" : value;
        throw new RlhfException("invalid-id", $"'{shown}' is not a {kind} id.",
            $"A {kind} id is 1 to {MaximumLength} lower-case letters, digits and hyphens, beginning and ending with a letter or digit.");
    }

    public static bool IsValid(string? value) =>
        value is { Length: >= 1 and <= MaximumLength }
        && value[0] != '-' && value[^1] != '-'
        && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
