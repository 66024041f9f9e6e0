using Rlhf.Campaigns;
using Rlhf.Generation;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Prompts;
using Rlhf.Training;
using Rlhf.Training.Reporting;

namespace Rlhf.Core.Tests.Training.Reporting;

public sealed class ReportPageTests
{
    private static readonly CampaignId campaign = CampaignId.From("support-1");

    [Fact]
    public void Render_AnswersWithMarkup_AreText()
    {
        var example = new EvaluationExample(PromptId.From("p1"), [new(MessageRole.User, "<script>alert(1)</script>")], "<b>before</b>", "after & <img src=x>", null, null);

        var page = ReportPage.Render(Report(RunOf(), evaluation: new([], [example])));

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_CurvesAndVerdict_NeedsNothingElse()
    {
        var verdict = new Verdict("tuned", "base", JudgeKind.Rule, 300, 250, 4, 46, 0.84, 0.8, 0.88);
        MetricPoint[] metrics = [Point(1, 0.7), Point(2, double.NaN), Point(3, 0.4)];

        var page = ReportPage.Render(Report(RunOf() with { Verdicts = [verdict] }, metrics));

        Assert.Contains("84.0% (80.0% to 88.0%)", page, StringComparison.Ordinal);
        Assert.Contains("<polyline", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.Contains("no person judged this", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_NoJudge_GivesNoWinRateAndSaysSo()
    {
        var page = ReportPage.Render(Report(RunOf()));

        Assert.Contains("No judge: there is no win rate.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TooFewJudgements_SaysNotEnoughToTell()
    {
        var verdict = new Verdict("tuned", "base", JudgeKind.People, 3, 2, 0, 1, null, null, null, "not enough to tell");

        var page = ReportPage.Render(Report(RunOf() with { Verdicts = [verdict] }));

        Assert.Contains("not enough to tell", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_FailedRun_SaysWhyAndWhatToDo()
    {
        var run = RunOf() with { State = RunState.Failed, Error = new("job-failed", "The trainer ran out of memory.", "Choose a smaller batch.") };

        var page = ReportPage.Render(Report(run));

        Assert.Contains("The trainer ran out of memory. Choose a smaller batch.", page, StringComparison.Ordinal);
    }

    private static MetricPoint Point(int step, double loss) => new(TrainingStage.Reward, step, DateTimeOffset.UnixEpoch, new Dictionary<string, double> { ["loss"] = loss });

    private static Run RunOf() => new(RunId.From("support-1-run1"), campaign, 1, "owner", RunState.Succeeded, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    private static RunReport Report(Run run, IReadOnlyList<MetricPoint>? metrics = null, EvaluationSummary? evaluation = null) => new(
        new CampaignSettings { Id = campaign, Title = "Support", Generators = [new("base", GeneratorKind.Onnx, "file:/models/base")] },
        new(campaign, CampaignState.Completed, null, 1, new(10, 1, 2), 13, 13, 0, 13, new Dictionary<string, int>(), new Dictionary<string, int>(),
            new Dictionary<AnnotatorKind, int> { [AnnotatorKind.Simulated] = 13 }, 0, 0, 0, 13, 10, null, null, 500, [], 0),
        run, metrics ?? [], evaluation);
}
