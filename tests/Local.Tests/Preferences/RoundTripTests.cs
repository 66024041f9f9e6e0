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

    public static TheoryData<string> Formats => ["trl", "trl-implicit", "trl-text", "trlx", "hh", "openai", "parquet", "csv", "arena", "label-studio", "label-studio-min"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task ExportThenImport_GivesTheSamePairs(string format)
    {
        await using var host = await StartAsync();
        var target = await ImportAllAsync(host, format);
        var before = (await SampleLabels.PairsAsync(host, Source)).Select(p => View(p, format)).Order(StringComparer.Ordinal).ToList();
        var after = (await SampleLabels.PairsAsync(host, target)).Select(p => View(p, format)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(72, before.Count);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task ArenaVotes_ThereAndBack_KeepTiesAndBothBadAndWhoAgreed()
    {
        await using var host = await StartAsync();
        var target = await ImportAllAsync(host, "arena");
        var (before, after) = (await host.Get<ProgressReader>().ReadAsync(Source), await host.Get<ProgressReader>().ReadAsync(target));
        Assert.True(before is { Ties: 6, BothBad: 6, Agreement: > 0 });
        Assert.Equal((before.Ties, before.BothBad, before.Agreement), (after.Ties, after.BothBad, after.Agreement));
        // A ranking of three answers comes as its three votes.
        Assert.Equal((before.Rankings[AnnotatorKind.Person] + 12 * 2, before.Rankings[AnnotatorKind.Simulated]), (after.Rankings[AnnotatorKind.Person], after.Rankings[AnnotatorKind.Simulated]));
        Assert.Equal(after.Rankings, after.Imported);
        Assert.Empty(before.Imported);
    }

    /// <summary>A pair in words, without what the format says that it loses.</summary>
    private static string View(PreferencePair pair, string format)
    {
        var kinds = format == "openai" ? "" : string.Join('+', pair.AnnotatorKinds);
        var margin = format is "openai" or "arena" ? null : pair.Margin?.ToString("0.###");
        var generators = format == "openai" ? "" : $"{pair.ChosenGenerator} {pair.RejectedGenerator}";
        var finish = format is "openai" or "arena" ? null : pair.FinishReasons;
        return System.Text.Json.JsonSerializer.Serialize(new { pair.Messages, pair.Chosen, pair.Rejected, pair.Split, kinds, margin, generators, finish });
    }

    private static async Task<CampaignId> ImportAllAsync(PipelineHost host, string format)
    {
        var target = (await host.CreateAsync(SampleLabels.Settings($"from-{format}"))).Id;
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

    private async Task<PipelineHost> StartAsync()
    {
        var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Source.Value));
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
        return (number % 10) switch
        {
            0 => (one, [SampleLabels.Ranked(one, "ann", AnnotatorKind.Person, null, ["a", "b"])]),
            1 => (one, [SampleLabels.BothBad(one, "ann", AnnotatorKind.Person)]),
            2 => (one, [SampleLabels.Ranked(one, "sim", AnnotatorKind.Simulated, 2, ["b"], ["a"])]),
            3 => (one, [SampleLabels.Ranked(one, "ann", AnnotatorKind.Person, 3, ["a"], ["b"]), SampleLabels.Ranked(one, "bob", AnnotatorKind.Person, 3, ["a"], ["b"])]),
            4 => (one, [SampleLabels.Ranked(one, "ann", AnnotatorKind.Person, 1, ["a"], ["b"]), SampleLabels.Ranked(one, "sim", AnnotatorKind.Simulated, 1, ["a"], ["b"])]),
            5 or 6 => (two, [SampleLabels.Ranked(two, "ann", AnnotatorKind.Person, null, ["c"], ["a"], ["b"])]),
            _ => (one, [SampleLabels.Ranked(one, "bob", AnnotatorKind.Person, 1, ["b"], ["a"])]),
        };
    }
}
