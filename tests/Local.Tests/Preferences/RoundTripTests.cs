using CsCheck;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Preferences;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.Preferences;

/// <summary>What goes out in a format and comes in again is the same, but for what the format says that it loses.</summary>
public sealed class RoundTripTests : IDisposable
{
    private static readonly CampaignId Source = CampaignId.From("source");
    private static readonly string[] Nasty =
    [
        "\"", "'", "''", "\n", "\r\n", "\rz", "\t", ",", ";", "\\", "\\\\", "\n\n", "\n\nHuman:", "\n\nAssistant: ", "\n\n\\Human:", "\n\nSystem:", "Human:", "=1+1", "+", "-", "@SUM(A1)", "＝", "<b>&amp;",
        "{\"a\": [1]}", "[]", "null", "שלום עולם", "مرحبا", "你好", "👩‍👩‍👧‍👦", "e\u0301", "\u00e9", "\u200b", "\u2028", "\ufeff", " ", "word", "a b c",
    ];

    private static readonly Gen<string> Piece = Gen.Int[0, Nasty.Length - 1].Select(i => Nasty[i]);

    /// <summary>Mostly short and nasty, some very long.</summary>
    private static readonly Gen<string> Text = Gen.Frequency(
        (20, Gen.Select(Piece.Array[0, 6], Gen.OneOf("x", "end", "答"), (parts, solid) => string.Concat(parts) + solid)),
        (10, Gen.Select(Piece, Gen.OneOf("x", "y"), Piece, (a, b, c) => a + b + c)),
        (1, Gen.Int[5_000, 40_000].Select(n => "=" + new string('é', n) + "\n\nHuman: \"")));

    private static readonly Gen<IReadOnlyList<Message>> Prompt = Gen.Select(Gen.Bool, Text, Text, Text, Gen.Int[0, 2], (system, a, b, c, turns) => (IReadOnlyList<Message>)
    [
        .. system ? [new Message(MessageRole.System, a)] : (Message[])[], .. turns > 0 ? [new Message(MessageRole.User, b), new Message(MessageRole.Assistant, c)] : (Message[])[], new Message(MessageRole.User, c + a),
    ]);

    private readonly TemporaryFolder folder = new();

    /// <summary>How rankings become pairs, in the campaign that goes out and the one that it comes into.</summary>
    public enum Rule { Hard, Soft, AllVotes }

    private static string[] Formats => ["trl", "trl-implicit", "trl-text", "trlx", "hh", "openai", "parquet", "csv", "arena", "label-studio", "label-studio-min"];

    public static TheoryData<string, Rule> FormatsAndRules => new(Formats.SelectMany(format => Enum.GetValues<Rule>().Select(rule => (format, rule))));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(FormatsAndRules))]
    public async Task ExportThenImport_GivesTheSamePairs(string format, Rule rule)
    {
        await using var host = await StartAsync(rule);
        var target = await ImportAllAsync(host, format, rule);
        var (before, after) = (await ViewsAsync(host, Source, format), await ViewsAsync(host, target, format));
        Assert.True(before.Count > 60, $"{before.Count}");
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task ArenaVotes_ThereAndBack_KeepTiesAndBothBadAndWhoAgreed()
    {
        await using var host = await StartAsync(Rule.Hard);
        var target = await ImportAllAsync(host, "arena", Rule.Hard);
        var (before, after) = (await host.Get<ProgressReader>().ReadAsync(Source), await host.Get<ProgressReader>().ReadAsync(target));
        Assert.True(before is { Ties: > 0, BothBad: 4, Agreement: > 0 });
        Assert.Equal(before.BothBad, after.BothBad);
        // A ranking of three answers comes as its votes, which may tie one by one.
        Assert.True(after.Ties > before.Ties && after.Rankings[AnnotatorKind.Person] > before.Rankings[AnnotatorKind.Person]);
        Assert.Equal(after.Rankings, after.Imported);
        Assert.Empty(before.Imported);
    }

    private static async Task<List<string>> ViewsAsync(PipelineHost host, CampaignId campaign, string format)
    {
        IReadOnlyList<PreferencePair> pairs = await SampleLabels.PairsAsync(host, campaign);
        var info = host.Get<ExportFormats>().Get(format).Info;
        if (!info.HoldsRankings && !info.HoldsEven) pairs = EvenPairs.LeaveOut(pairs);
        var views = pairs.Select(p => View(p, format));
        // A provider's file has nothing by which two judgements that say the same could be told apart.
        return [.. (format == "openai" ? views.Distinct() : views).Order(StringComparer.Ordinal)];
    }

    /// <summary>A pair in words, without what the format says that it loses.</summary>
    private static string View(PreferencePair pair, string format)
    {
        var isBare = format == "openai";
        // Which of two equal answers is the chosen one is chance.
        if (EvenPairs.IsEven(pair) && string.CompareOrdinal(pair.Chosen, pair.Rejected) > 0) pair = Turned(pair);
        var kinds = isBare ? "" : string.Join('+', pair.AnnotatorKinds);
        var margin = isBare || format == "arena" || EvenPairs.IsEven(pair) ? null : Short(pair.Margin);
        var generators = isBare ? "" : $"{pair.ChosenGenerator} {pair.RejectedGenerator}";
        var finish = isBare || format == "arena" ? null : pair.FinishReasons;
        // A vote knows nothing of other answers, so a comparison of three weighs three there.
        var weight = isBare || format == "arena" ? null : Short(pair.Weight);
        var votes = isBare ? "" : $"{Short(pair.Preference)} {Short(pair.Agreement)} {pair.Rankings}";
        return System.Text.Json.JsonSerializer.Serialize(new { pair.Messages, pair.Chosen, pair.Rejected, pair.Split, kinds, margin, generators, finish, weight, votes });
    }

    private static PreferencePair Turned(PreferencePair pair) => pair with
    {
        Chosen = pair.Rejected,
        Rejected = pair.Chosen,
        ChosenGenerator = pair.RejectedGenerator,
        RejectedGenerator = pair.ChosenGenerator,
        FinishReasons = pair.FinishReasons is { } finish ? new(finish.Rejected, finish.Chosen) : null,
    };

    private static string? Short(double? value) => value?.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);

    private static CampaignSettings Settings(string id, Rule rule) => SampleLabels.Settings(id) with
    {
        Training = new() { Reward = new() { SoftLabels = rule == Rule.Soft } },
        Voting = rule == Rule.AllVotes ? PairVoting.AllVotes : PairVoting.Majority,
    };

    private static async Task<CampaignId> ImportAllAsync(PipelineHost host, string format, Rule rule)
    {
        var target = (await host.CreateAsync(Settings($"from-{format}", rule))).Id;
        var info = host.Get<ExportFormats>().Get(format).Info;
        foreach (var split in info.HoldsSplit ? (Split?[])[null] : [Split.Train, Split.Validation, Split.Test])
        {
            using var file = new MemoryStream(await SampleLabels.ExportAsync(host, Source, format, split));
            var report = await host.Get<CampaignService>().ImportAsync(target, file, new($"data{info.Extension}", Kind: info.HoldsSplit ? null : AnnotatorKind.Person, Split: split));
            Assert.Empty(report.Errors);
            Assert.Empty(report.Imported!.Notes);
        }
        return target;
    }

    private async Task<PipelineHost> StartAsync(Rule rule)
    {
        var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(Settings(Source.Value, rule));
        var labels = Gen.Select(Prompt, Text, Text, Text).Array[60].Single().Select((drawn, i) => Label(i, drawn)).ToList();
        await SampleLabels.PublishAsync(host, Source, 1, [.. labels.Take(25)]);
        await SampleLabels.PublishAsync(host, Source, 2, [.. labels.Skip(25).Take(20)]);
        await SampleLabels.PublishAsync(host, Source, 3, [.. labels.Skip(45)], ended: false);
        return host;
    }

    private static (Comparison, IReadOnlyList<Ranking>) Label(int number, (IReadOnlyList<Message> Prompt, string A, string B, string C) drawn)
    {
        // Numbered, so that no prompt has two splits and no two answers are one.
        Message[] messages = [.. drawn.Prompt.SkipLast(1), drawn.Prompt[^1] with { Content = drawn.Prompt[^1].Content + number }];
        var (one, two) = (SampleLabels.Comparison(number, messages, (Split)(number % 3), drawn.A, drawn.B + "2"), SampleLabels.Comparison(number, messages, (Split)(number % 3), drawn.A, drawn.B + "2", drawn.C + "3"));
        IReadOnlyList<Ranking> Two(params (string Annotator, int? Strength, IReadOnlyList<IReadOnlyList<string>> Tiers)[] said) => Said(one, said);
        IReadOnlyList<Ranking> Three(params (string Annotator, int? Strength, IReadOnlyList<IReadOnlyList<string>> Tiers)[] said) => Said(two, said);
        return (number % 15) switch
        {
            0 => (one, Two(("ann", null, [["a", "b"]]))),
            1 => (one, [SampleLabels.BothBad(one, "ann", AnnotatorKind.Person)]),
            2 => (one, Two(("sim", 2, [["b"], ["a"]]))),
            3 => (one, Two(("ann", 3, [["a"], ["b"]]), ("bob", 3, [["a"], ["b"]]))),
            4 => (one, Two(("ann", 1, [["a"], ["b"]]), ("sim", 1, [["a"], ["b"]]))),
            5 => (two, Three(("ann", null, [["c"], ["a"], ["b"]]))),
            6 => (two, Three(("ann", null, [["b"], ["a", "c"]]))),
            // One who left an answer out.
            7 => (two, Three(("ann", null, [["b"], ["a"]]))),
            8 => (two, Three(("ann", null, [["a"], ["b"], ["c"]]), ("bob", null, [["a"], ["b"], ["c"]]))),
            9 => (two, Three(("ann", null, [["a"], ["b"], ["c"]]), ("bob", null, [["b"], ["a"], ["c"]]), ("sim", null, [["a"], ["b", "c"]]))),
            10 => (one, Two(("ann", 3, [["a"], ["b"]]), ("bob", 1, [["a"], ["b"]]))),
            11 => (one, Two(("ann", 2, [["b"], ["a"]]), ("bob", 3, [["b"], ["a"]]), ("sim", 1, [["a"], ["b"]]))),
            12 => (one, Two(("ann", 1, [["b"], ["a"]]), ("bob", null, [["a", "b"]]))),
            13 => (one, Two(("ann", 3, [["b"], ["a"]]), ("bob", 1, [["a"], ["b"]]))),
            _ => (one, Two(("ann", 1, [["a"], ["b"]]), ("bob", 1, [["a"], ["b"]]), ("cleo", 3, [["b"], ["a"]]), ("sim", null, [["a", "b"]]))),
        };
    }

    private static IReadOnlyList<Ranking> Said(Comparison comparison, (string Annotator, int? Strength, IReadOnlyList<IReadOnlyList<string>> Tiers)[] said) =>
        [.. said.Select(s => SampleLabels.Ranked(comparison, s.Annotator, s.Annotator == "sim" ? AnnotatorKind.Simulated : AnnotatorKind.Person, s.Strength, s.Tiers))];
}
