using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace Rlhf.Telemetry;

/// <summary>What a piece of work is about: a log scope, and attributes of its span. Who ranks is left out on purpose: an owner may name an annotator's id after a person.</summary>
public sealed partial class WorkIds : IReadOnlyList<KeyValuePair<string, object?>>
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> idsOf = new();

    private readonly List<KeyValuePair<string, object?>> items = [];

    private WorkIds(CampaignId? campaign, BatchId? batch, RunId? run, ComparisonId? comparison)
    {
        (Campaign, Batch, Run, Comparison) = (campaign, batch, run, comparison);
        Add(nameof(Campaign), campaign?.Value);
        Add(nameof(Batch), batch?.Value);
        Add(nameof(Run), run?.Value);
        Add(nameof(Comparison), comparison?.Value);
    }

    public CampaignId? Campaign { get; }

    public BatchId? Batch { get; }

    public RunId? Run { get; }

    public ComparisonId? Comparison { get; }

    public int Count => items.Count;

    public KeyValuePair<string, object?> this[int index] => items[index];

    public static WorkIds Of(CampaignId campaign, BatchId? batch = null, ComparisonId? comparison = null) => new(campaign, batch, null, comparison);

    public static WorkIds Of(RunId run) => OfInstance(run.Value);

    /// <summary>What the instance's id and the step's input say; the input knows better.</summary>
    public static WorkIds OfStep(string instance, object? input)
    {
        var (known, named) = (OfInstance(instance), OfInput(input));
        return new(named.Campaign ?? known.Campaign, named.Batch ?? known.Batch, named.Run ?? known.Run, named.Comparison ?? known.Comparison);
    }

    /// <summary>Instances are called after their campaign, their batch or their run.</summary>
    public static WorkIds OfInstance(string instance)
    {
        // A sub-orchestration without an id of its own is called after its parent.
        var id = instance.Split(':')[0];
        if (!IdRules.IsValid(id)) return new(null, null, null, null);
        if (RunName().Match(id) is { Success: true } run)
            return new(new(run.Groups["campaign"].Value), run.Groups["test"].Success ? new(id) : null, new(run.Groups["run"].Value), null);
        return BatchName().Match(id) is { Success: true } batch ? new(new(batch.Groups["campaign"].Value), new(id), null, null) : new(new(id), null, null, null);
    }

    /// <summary>What a request's address says. Whoever sends it wrote it, so only what is an id counts.</summary>
    public static WorkIds OfRoute(RouteValueDictionary values)
    {
        var run = Id<RunId>(values, "run");
        return new(Id<CampaignId>(values, "campaign") ?? (run is { } of ? OfInstance(of.Value).Campaign : null), null, run, Id<ComparisonId>(values, "comparison"));
    }

    /// <summary>Puts the ids on a span.</summary>
    public void Tag(Activity? activity)
    {
        if (activity is not { IsAllDataRequested: true }) return;
        if (Campaign is { } campaign) activity.SetTag(Tags.Campaign, campaign.Value);
        if (Batch is { } batch) activity.SetTag(Tags.Batch, batch.Value);
        if (Run is { } run) activity.SetTag(Tags.Run, run.Value);
        if (Comparison is { } comparison) activity.SetTag(Tags.Comparison, comparison.Value);
    }

    public override string ToString() => string.Join(' ', items.Select(i => $"{char.ToLowerInvariant(i.Key[0])}{i.Key[1..]}={i.Value}"));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What a step's input names.</summary>
    public static WorkIds OfInput(object? input)
    {
        if (input is CampaignId only) return Of(only);
        if (input is null) return new(null, null, null, null);
        var (campaign, batch, run, comparison) = ((CampaignId?)null, (BatchId?)null, (RunId?)null, (ComparisonId?)null);
        foreach (var property in idsOf.GetOrAdd(input.GetType(), FindIds))
        {
            switch (property.GetValue(input))
            {
                case CampaignId id: campaign = id; break;
                case BatchId id: batch = id; break;
                case RunId id: run = id; break;
                case ComparisonId id: comparison = id; break;
            }
        }
        return new(campaign, batch, run, comparison);
    }

    private static PropertyInfo[] FindIds(Type type) => [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetIndexParameters().Length == 0 && IsId(Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType))];

    private static bool IsId(Type type) => type == typeof(CampaignId) || type == typeof(BatchId) || type == typeof(RunId) || type == typeof(ComparisonId);

    private static TId? Id<TId>(RouteValueDictionary values, string name) where TId : struct, IId<TId> =>
        values.TryGetValue(name, out var value) && value is string text && IdRules.IsValid(text) ? TId.From(text) : null;

    private void Add(string key, string? value)
    {
        if (value is not null) items.Add(new(key, value));
    }

    // As RunStore.IdFor, PeopleJudge.BatchOf and BatchId.For make them.
    [GeneratedRegex(@"^(?<run>(?<campaign>.+)-run\d+)(-evaluate|(?<test>-test))?$")]
    private static partial Regex RunName();

    [GeneratedRegex(@"^(?<campaign>.+)-r\d+-b\d{5,}$")]
    private static partial Regex BatchName();
}
