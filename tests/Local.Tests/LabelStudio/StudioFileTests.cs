using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Rlhf.Campaigns;
using Rlhf.Contracts;
using Rlhf.Labeling;
using Rlhf.LabelStudio.Templates;
using Rlhf.Local.Tests.Orchestrations;
using Rlhf.Local.Tests.Preferences;
using Rlhf.Preferences.Formats;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.LabelStudio;

/// <summary>Label Studio's files out and in: rankings come back as they were, and what Label Studio itself writes is understood.</summary>
public sealed class StudioFileTests : IDisposable
{
    private static readonly CampaignId Source = CampaignId.From("source");

    private static readonly Gen<Ranking> Draws = Gen.Select(Gen.Int[0, 5], Gen.Int[1, 3], Gen.Bool, Gen.Int[0, 5], Gen.Int[0, 3], (kind, strength, isSwapped, order, more) =>
    {
        string[][] tiers = kind switch { 0 => [["a"], ["b"]], 1 => [["b"], ["a"]], 2 => [["a", "b"]], _ => [] };
        var shown = kind <= 3 ? (string[])(isSwapped ? ["b", "a"] : ["a", "b"]) : Shuffled(order);
        if (kind > 3) tiers = kind == 4 ? [[shown[2]], [shown[0], shown[1]]] : [[shown[0]], [shown[2]]];
        return new Ranking(default, default, new("ann"), more == 3 ? AnnotatorKind.Simulated : AnnotatorKind.Person, kind == 3 ? RankingOutcome.BothBad : RankingOutcome.Ranked, tiers, shown, DateTimeOffset.UnixEpoch.AddDays(20_000),
            kind < 2 && more > 0 ? strength : null, TimeSpan.FromSeconds(more * 7), more == 1 ? "said \"so\",\n" : null, more == 2 ? "better" : null)
        { Fields = more > 1 ? [new("why", "choices", new() { ["choices"] = new JsonArray("clear") }, "prompt"), new("note", "textarea", new() { ["text"] = new JsonArray("long\n</text>") }, "prompt")] : null };
    });

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("label-studio", null)]
    [InlineData("label-studio-min", null)]
    [InlineData("label-studio", "bare")]
    [InlineData("label-studio-min", "bare")]
    [InlineData("label-studio", "turned")]
    [InlineData("label-studio-min", "turned")]
    [InlineData("label-studio", "partly")]
    [InlineData("label-studio-min", "partly")]
    public async Task ExportThenImport_GivesTheSameRankings(string format, string? template)
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Source.Value) with { LabelTemplate = StudioTemplates.Of(template) });
        var labels = Draws.Array[90].Single().Select((drawn, i) => Label(i, drawn)).ToList();
        await SampleLabels.PublishAsync(host, Source, 1, [.. labels.Take(50)]);
        await SampleLabels.PublishAsync(host, Source, 2, [.. labels.Skip(50)]);
        var target = (await host.CreateAsync(SampleLabels.Settings("target"))).Id;
        using var file = new MemoryStream(await SampleLabels.ExportAsync(host, Source, format));
        var report = await host.Get<CampaignService>().ImportAsync(target, file, new("export.json"));
        Assert.Empty(report.Errors);
        Assert.Equal((90, format), (report.Accepted, report.Imported!.Format));
        Assert.Equal(await RankingsAsync(host, Source), await RankingsAsync(host, target));
    }

    [Fact]
    public async Task Export_HasTheShapeThatLabelStudioReads()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Source.Value));
        var comparison = SampleLabels.Comparison(1, [new(MessageRole.User, "Help?")], Split.Train, "one", "two");
        // Shown the other way round: the file has the comparison's own order.
        await SampleLabels.PublishAsync(host, Source, 1, [(comparison, [SampleLabels.Ranked(comparison, "ann", AnnotatorKind.Person, 2, ["b"], ["a"]) with { ShownOrder = ["b", "a"], ActiveTime = TimeSpan.FromSeconds(3) }])]);
        var task = JsonNode.Parse(await SampleLabels.ExportAsync(host, Source, "label-studio"))!.AsArray().Single()!;
        Assert.Equal(("Help?", "one", "two"), (Text(task["data"]!["prompt"]), Text(task["data"]!["answer1"]), Text(task["data"]!["answer2"])));
        var annotation = task["annotations"]!.AsArray().Single()!;
        Assert.Null(annotation["completed_by"]);
        Assert.Equal((false, 3.0), (annotation["was_cancelled"]!.GetValue<bool>(), annotation["lead_time"]!.GetValue<double>()));
        var (choice, verdict) = (annotation["result"]![0]!, annotation["result"]![1]!);
        Assert.Equal(("comparison", "comparison", "pairwise", "right"), (Text(choice["from_name"]), Text(choice["to_name"]), Text(choice["type"]), Text(choice["value"]!["selected"])));
        Assert.Equal(("rlhf-verdict", "prompt", "choices", "better"), (Text(verdict["from_name"]), Text(verdict["to_name"]), Text(verdict["type"]), Text(verdict["value"]!["choices"]![0])));
        Assert.DoesNotContain("\"ann\"", annotation.ToJsonString(), StringComparison.Ordinal);

        var record = JsonNode.Parse(await SampleLabels.ExportAsync(host, Source, "label-studio-min"))!.AsArray().Single()!;
        Assert.Equal(("right", "better", 1, 3.0), (Text(record["comparison"]![0]!["selected"]), Text(record["rlhf-verdict"]), record["annotator"]!.GetValue<int>(), record["lead_time"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Losses_OfABareTemplate_AreListedBeforeTheExport()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        var bare = await host.CreateAsync(SampleLabels.Settings("bare") with { LabelTemplate = StudioTemplates.Bare });
        var whole = await host.CreateAsync(SampleLabels.Settings("whole") with { LabelTemplate = DefaultTemplates.Pair, Form = new() { Scale = 7 } });
        var format = host.Get<ExportFormats>().Get("label-studio");
        Assert.Contains(format.LosesOf(bare), loss => loss.Contains("rlhf-verdict", StringComparison.Ordinal) && loss.Contains("a tie and both bad", StringComparison.Ordinal));
        Assert.DoesNotContain(format.LosesOf(whole), loss => loss.Contains("rlhf-verdict", StringComparison.Ordinal));
        var partly = await host.CreateAsync(SampleLabels.Settings("partly") with { LabelTemplate = StudioTemplates.Partly, Form = new() { Scale = 4 } });
        Assert.Contains(format.LosesOf(partly), loss => loss.Contains("does not offer 'both bad', 'slightly better', 'better':", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("label-studio")]
    [InlineData("label-studio-min")]
    public async Task Export_ChangedInLabelStudio_SaysWhatItSaysNow(string format)
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await PublishRankedAsync(host, 5);
        var export = JsonNode.Parse(await SampleLabels.ExportAsync(host, Source, format))!.AsArray().ToDictionary(task => Text(task!["data"]?["prompt"] ?? task["prompt"]), task => task!.AsObject());
        Change(export["Question 0?"], "rlhf-verdict", new() { ["choices"] = new JsonArray("much better") });
        Change(export["Question 1?"], "rlhf-verdict", null);
        Change(export["Question 2?"], "sure", new() { ["rating"] = 5 });
        Change(export["Question 2?"], "note", new() { ["text"] = new JsonArray("new") });
        Change(export["Question 3?"], "rlhf-verdict", null);
        Change(export["Question 3?"], "comparison", new() { ["selected"] = "none" });
        var rankings = await ImportByPromptAsync(host, [.. export.Values]);
        Assert.Equal((3, 1), (rankings[0].Strength, rankings[0].Tiers[0].Count));
        Assert.Equal((null, 2), (rankings[1].Strength, rankings[1].Tiers.Count));
        Assert.Equal(["""{"rating":5}""", """{"text":["new"]}"""], rankings[2].Fields!.Select(f => f.Value.ToJsonString()));
        Assert.Equal((2, "prompt"), (rankings[2].Strength, rankings[2].Fields![0].To));
        Assert.Single(rankings[3].Tiers);
        Assert.Equal((2, """{"rating":2}"""), (rankings[4].Strength, rankings[4].Fields![0].Value.ToJsonString()));
        // What Label Studio can't hold stays as it was.
        Assert.All(rankings, r => Assert.Equal(("kept", AnnotatorKind.Simulated), (r.Comment, r.AnnotatorKind)));
    }

    [Fact]
    public async Task JsonMin_AnnotatedAnewOnATaskThatIsARecordOfOurs_IsTheNewAnnotators()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await PublishRankedAsync(host, 2);
        var export = JsonNode.Parse(await SampleLabels.ExportAsync(host, Source, "label-studio-min"))!.AsArray();
        foreach (var (i, record) in export.Index()) (record!["annotation_id"], record["annotator"], record["created_at"], record["updated_at"]) = (801 + i, 7, "2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z");
        // One is answered, and of the other nothing is chosen.
        Change(export[0]!.AsObject(), "comparison", new() { ["selected"] = "right" });
        foreach (var name in (string[])["comparison", "rlhf-verdict"]) export[1]!.AsObject().Remove(name);
        var rankings = await ImportByPromptAsync(host, [.. export.Select(r => r!.AsObject())], notes => Assert.Contains(notes, n => n.Key.Contains("JSON_MIN export", StringComparison.Ordinal) && n.Value == 2));
        Assert.All(rankings, r => Assert.Equal((null, AnnotatorKind.Person, new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero)), (r.Comment, r.AnnotatorKind, r.SubmittedAt)));
        Assert.Equal([1, 2], rankings.Select(r => r.Tiers[0].Count).Order());
    }

    [Fact]
    public async Task Annotations_OfOneAnnotatorOnOneTask_CountByTheNewest()
    {
        var (host, outcome) = await ImportAsync("""
            [{"id": 9, "data": {"prompt": "P1", "answer1": "one", "answer2": "two"}, "annotations": [
               {"id": 31, "completed_by": 4, "was_cancelled": true, "updated_at": "2026-01-01T00:00:00Z", "result": []},
               {"id": 32, "completed_by": 4, "updated_at": "2026-01-03T00:00:00Z", "result": [{"from_name": "pw", "to_name": "pw", "type": "pairwise", "value": {"selected": "right"}}]},
               {"id": 33, "completed_by": 4, "updated_at": "2026-01-02T00:00:00Z", "result": [{"from_name": "pw", "to_name": "pw", "type": "pairwise", "value": {"selected": "left"}}]}]}]
            """);
        await using (host) await AssertNewestAsync(host, outcome, "two", superseded: 2);
    }

    [Fact]
    public async Task JsonMin_OfOneAnnotatorOnOneTask_CountsByTheNewest()
    {
        var (host, outcome) = await ImportAsync("""
            [{"prompt": "P1", "answer1": "one", "answer2": "two", "id": 1, "pw": [{"selected": "left"}], "annotator": 1, "annotation_id": 5, "updated_at": "2026-01-03T00:00:00Z"},
             {"prompt": "P1", "answer1": "one", "answer2": "two", "id": 1, "pw": [{"selected": "right"}], "annotator": 1, "annotation_id": 4, "updated_at": "2026-01-02T00:00:00Z"}]
            """);
        await using (host) await AssertNewestAsync(host, outcome, "one", superseded: 1);
    }

    [Fact]
    public async Task JsonMin_OfOthers_KeepsEveryFieldWhoseTagItTells()
    {
        var (host, outcome) = await ImportAsync("""
            [{"prompt": "P1", "answer1": "one", "answer2": "two", "id": 1, "pw": [{"selected": "left"}], "count": [{"number": 3}], "topic": [{"taxonomy": [["a", "b"]]}], "stars": [{"rating": 2}], "why": [{"choices": ["x", "y"]}], "annotator": 1, "annotation_id": 5}]
            """);
        await using (host)
        {
            Assert.Empty(outcome.Imported!.Notes);
            var ranking = Assert.Single(Assert.Single(await AllAsync(host, new("target"))).Rankings);
            Assert.Equal(["count number {\"number\":3}", "topic taxonomy {\"taxonomy\":[[\"a\",\"b\"]]}", "stars rating {\"rating\":2}", "why choices {\"choices\":[\"x\",\"y\"]}"],
                ranking.Fields!.Select(f => $"{f.Name} {f.Type} {f.Value.ToJsonString()}"));
        }
    }

    [Fact]
    public async Task Export_OfThreeAnswersThatAreTheSame_SaysItInTheRankerAlone()
    {
        await using var host = await PipelineHost.StartAsync(folder);
        await host.CreateAsync(SampleLabels.Settings(Source.Value));
        var comparison = SampleLabels.Comparison(1, [new(MessageRole.User, "Help?")], Split.Train, "one", "two", "three");
        await SampleLabels.PublishAsync(host, Source, 1, [(comparison, [SampleLabels.Ranked(comparison, "ann", AnnotatorKind.Person, null, ["a", "b", "c"])])]);
        var task = JsonNode.Parse(await SampleLabels.ExportAsync(host, Source, "label-studio"))!.AsArray().Single()!;
        Assert.Equal("ranker", Text(Assert.Single(task["annotations"]![0]!["result"]!.AsArray())!["type"]));
    }

    [Fact]
    public async Task LabelStudiosOwnExport_OfSeveralAnnotators_ComesInWithSkipsAndEmptyOnes()
    {
        var report = await ImportAsync("""
            [{"id": 9, "inner_id": 1, "project": 3, "data": {"prompt": "P1", "text1": "one", "text2": "two"}, "predictions": [], "annotations": [
               {"id": 31, "completed_by": {"id": 4, "email": "a@example.org"}, "was_cancelled": false, "lead_time": 15.5, "updated_at": "2026-01-02T03:04:05.678Z",
                "result": [{"id": "x", "from_name": "my choice", "to_name": "my choice", "type": "pairwise", "origin": "manual", "value": {"selected": "right"}},
                           {"id": "y", "from_name": "stars", "to_name": "p", "type": "rating", "value": {"rating": 3}}]},
               {"id": 32, "completed_by": 5, "was_cancelled": false, "result": []},
               {"id": 33, "completed_by": 6, "was_cancelled": true, "result": []}]},
             {"data": {"prompt": "P2", "answer1": "eins", "answer2": "zwei"}, "annotations": [{"id": 34, "completed_by": 4, "result": [{"from_name": "pw", "to_name": "pw", "type": "pairwise", "value": {"selected": "up"}}]}]},
             {"prompt": "P3", "answer1": "uno", "answer2": "dos"},
             {"data": {"prompt": "P4", "answer1": "un", "answer2": "deux"}}]
            """);
        var (host, outcome) = report;
        await using (host)
        {
            var error = Assert.Single(outcome.Errors);
            Assert.Equal((2, "invalid-result"), (error.Line, error.Code));
            Assert.Contains("'up'", error.Message, StringComparison.Ordinal);
            Assert.Equal((3, 2), (outcome.Accepted, outcome.Imported!.Counts.Open));
            Assert.Contains(outcome.Imported.Notes, n => n.Key.Contains("no preference", StringComparison.Ordinal) && n.Value == 1);
            var (comparison, rankings) = Assert.Single(await AllAsync(host, new("target")), c => c.Rankings.Count > 0);
            Assert.Equal(3, rankings.Count);
            var chosen = Assert.Single(rankings, r => r.Tiers.Count == 2);
            Assert.Equal("two", comparison.Answers.Single(a => a.Id == chosen.Tiers[0][0]).Text);
            Assert.Equal((TimeSpan.FromSeconds(15.5), AnnotatorKind.Person, "stars"), (chosen.ActiveTime!.Value, chosen.AnnotatorKind, Assert.Single(chosen.Fields!).Name));
            Assert.Single(rankings, r => r is { Outcome: RankingOutcome.Ranked, Tiers.Count: 1 });
            Assert.Single(rankings, r => r.Outcome == RankingOutcome.Skip);
        }
    }

    [Fact]
    public async Task LabelStudiosOwnJsonMin_ComesIn_RecordsOfATaskTogether()
    {
        var (host, outcome) = await ImportAsync("""
            [{"prompt": "P1", "answer1": "one", "answer2": "two", "id": 1, "pw": [{"selected": "left"}], "why": "clear", "annotator": 1, "annotation_id": 5, "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-02T03:04:05Z", "lead_time": 2.5},
             {"prompt": "P1", "answer1": "one", "answer2": "two", "id": 1, "pw": [{"selected": "right"}], "annotator": 2, "annotation_id": 6, "lead_time": 2.5},
             {"prompt": "P2", "answer1": "a", "answer2": "b", "answer3": "c", "id": 2, "rank": [{"ranker": {"rank": ["answer3", "answer1", "answer2"]}}], "annotator": 2, "annotation_id": 7}]
            """);
        await using (host)
        {
            Assert.Empty(outcome.Errors);
            Assert.Equal(2, outcome.Accepted);
            Assert.Contains(outcome.Imported!.Notes, n => n.Key.Contains("'why'", StringComparison.Ordinal));
            var all = await AllAsync(host, new("target"));
            var pair = Assert.Single(all, c => c.Comparison.Answers.Count == 2);
            Assert.Equal(["one", "two"], pair.Rankings.Select(r => pair.Comparison.Answers.Single(a => a.Id == r.Tiers[0][0]).Text).Order());
            var three = Assert.Single(all, c => c.Comparison.Answers.Count == 3);
            Assert.Equal(["c", "a", "b"], Assert.Single(three.Rankings).Tiers.Select(t => three.Comparison.Answers.Single(a => a.Id == t[0]).Text));
        }
    }

    /// <summary>So many comparisons, the first answer of each better by 2, with a rating, a note and a comment; of a simulation.</summary>
    private static async Task PublishRankedAsync(PipelineHost host, int count)
    {
        await host.CreateAsync(SampleLabels.Settings(Source.Value));
        RankingField[] fields = [new("sure", "rating", new() { ["rating"] = 2 }, "prompt"), new("note", "textarea", new() { ["text"] = new JsonArray("old") }, "prompt")];
        var comparisons = Enumerable.Range(0, count).Select(i => SampleLabels.Comparison(i, [new(MessageRole.User, $"Question {i}?")], Split.Train, "one", "two"));
        await SampleLabels.PublishAsync(host, Source, 1, [.. comparisons.Select(c =>
            (c, (IReadOnlyList<Ranking>)[SampleLabels.Ranked(c, "ann", AnnotatorKind.Simulated, 2, ["a"], ["b"]) with { Comment = "kept", Fields = fields }]))]);
    }

    /// <summary>Answers a tag anew, in a task of the full export or in a record of JSON_MIN; null: takes its answer away.</summary>
    private static void Change(JsonObject task, string name, JsonObject? value)
    {
        if (task["annotations"] is null)
        {
            if (value is null) task.Remove(name);
            else task[name] = value["choices"]?[0]?.DeepClone() ?? value["text"]?[0]?.DeepClone() ?? new JsonArray(value);
            return;
        }
        var result = task["annotations"]![0]!["result"]!.AsArray();
        var item = result.Single(r => Text(r!["from_name"]) == name)!;
        if (value is null) result.Remove(item);
        else item["value"] = value;
    }

    /// <summary>The rankings of another campaign that takes the tasks, in the order of their prompts.</summary>
    private static async Task<List<Ranking>> ImportByPromptAsync(PipelineHost host, JsonObject[] tasks, Action<IReadOnlyDictionary<string, int>>? assertNotes = null)
    {
        var target = (await host.CreateAsync(SampleLabels.Settings("target"))).Id;
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(new JsonArray([.. tasks.Select(t => t.DeepClone())]).ToJsonString()));
        var report = await host.Get<CampaignService>().ImportAsync(target, file, new("export.json"));
        Assert.Empty(report.Errors);
        assertNotes?.Invoke(report.Imported!.Notes);
        return [.. (await AllAsync(host, target)).OrderBy(c => c.Comparison.Prompt.Messages[^1].Content, StringComparer.Ordinal).Select(c => Assert.Single(c.Rankings))];
    }

    private static async Task AssertNewestAsync(PipelineHost host, IngestReport outcome, string preferred, int superseded)
    {
        Assert.Empty(outcome.Errors);
        Assert.Contains(outcome.Imported!.Notes, n => n.Key.Contains("the newest counts", StringComparison.Ordinal) && n.Value == superseded);
        var (comparison, rankings) = Assert.Single(await AllAsync(host, new("target")));
        var ranking = Assert.Single(rankings);
        Assert.Equal((RankingOutcome.Ranked, preferred), (ranking.Outcome, comparison.Answers.Single(a => a.Id == ranking.Tiers[0][0]).Text));
    }

    private static string[] Shuffled(int order) => order switch { 0 => ["a", "b", "c"], 1 => ["a", "c", "b"], 2 => ["b", "a", "c"], 3 => ["b", "c", "a"], 4 => ["c", "a", "b"], _ => ["c", "b", "a"] };

    private static (Comparison, IReadOnlyList<Ranking>) Label(int number, Ranking drawn)
    {
        Message[] prompt = number % 4 == 0 ? [new(MessageRole.System, "Be kind."), new(MessageRole.User, "Hi"), new(MessageRole.Assistant, "Hello"), new(MessageRole.User, $"Question {number}?")] : [new(MessageRole.User, $"Question {number}?")];
        string[] answers = drawn.ShownOrder.Count == 2 ? ["first", "second"] : ["first", "second", "third"];
        var comparison = SampleLabels.Comparison(number, prompt, (Split)(number % 3), answers);
        Ranking Of(string annotator) => drawn with { Comparison = comparison.Id, Batch = comparison.Batch, Annotator = new(annotator) };
        return (comparison with { Overlap = number % 2 + 1 }, number % 2 == 0 ? [Of("ann")] : [Of("ann"), Of("bob")]);
    }

    /// <summary>All rankings by what they say: prompt, texts in tiers, texts as shown; ids and annotators' names differ.</summary>
    private static async Task<List<string>> RankingsAsync(PipelineHost host, CampaignId campaign) =>
        [.. (await AllAsync(host, campaign)).SelectMany(c => c.Rankings.Select(r => Spelled(c.Comparison, r))).Order(StringComparer.Ordinal)];

    private static string Spelled(Comparison comparison, Ranking ranking)
    {
        var texts = comparison.Answers.ToDictionary(a => a.Id, a => $"{a.Text} ({a.Generator}, {a.FinishReason})");
        return JsonSerializer.Serialize(new
        {
            comparison.Prompt.Messages,
            comparison.Prompt.Split,
            ranking.Outcome,
            tiers = ranking.Tiers.Select(tier => tier.Select(id => texts[id]).Order()),
            shown = ranking.ShownOrder.Select(id => texts[id]),
            ranking.AnnotatorKind,
            ranking.Strength,
            ranking.ActiveTime,
            ranking.Comment,
            ranking.BetterAnswer,
            ranking.SubmittedAt,
            fields = RankingField.Spelled(ranking.Fields),
        });
    }

    private static async Task<List<(Comparison Comparison, List<Ranking> Rankings)>> AllAsync(PipelineHost host, CampaignId campaign)
    {
        var all = new List<(Comparison, List<Ranking>)>();
        foreach (var batch in await host.Get<ComparisonStore>().ListPublishedAsync(campaign))
        {
            var rankings = (await host.Get<RankingStore>().ReadBatchAsync(batch.Batch)).ToLookup(r => r.Comparison);
            all.AddRange((await host.Get<ComparisonStore>().ReadBatchAsync(campaign, batch.Batch)).Select(c => (c, rankings[c.Id].ToList())));
        }
        return all;
    }

    private async Task<(PipelineHost Host, IngestReport Report)> ImportAsync(string json)
    {
        var host = await PipelineHost.StartAsync(folder);
        var target = (await host.CreateAsync(SampleLabels.Settings("target"))).Id;
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return (host, await host.Get<CampaignService>().ImportAsync(target, file, new("project-3.json")));
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();
}

internal static class StudioTemplates
{
    /// <summary>With the second answer left, and no place for strengths.</summary>
    public const string Turned = """<View><Text name="q" value="$prompt"/><Pairwise name="pw" toName="b,a"/><Text name="a" value="$answer1"/><Text name="b" value="$answer2"/><Choices name="rlhf-verdict" toName="q"><Choice value="tie"/><Choice value="both bad"/></Choices></View>""";

    /// <summary>With a verdict that does not offer all that annotators may say.</summary>
    public const string Partly = """<View><Text name="q" value="$prompt"/><Pairwise name="pw" toName="l,r"/><Text name="l" value="$text1"/><Text name="r" value="$text2"/><Choices name="rlhf-verdict" toName="q"><Choice value="tie"/></Choices></View>""";

    /// <summary>Pairwise and nothing else, with sides of its own names.</summary>
    public const string Bare = """<View><Text name="q" value="$prompt"/><Pairwise name="pw" toName="l,r"/><Text name="l" value="$text1"/><Text name="r" value="$text2"/></View>""";

    public static string? Of(string? name) => name switch { "bare" => Bare, "turned" => Turned, "partly" => Partly, _ => null };
}
