using Rlhf.Campaigns;
using Rlhf.Labeling;
using Rlhf.Labeling.Quality;
using Rlhf.Labeling.Serving;
using Rlhf.Local.Simulation;
using Rlhf.Local.Tests.Web;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Simulation;

/// <summary>The figures of quality find out each simulated annotator's habit from its rankings alone.</summary>
public sealed class HabitFiguresTests
{
    private const int Comparisons = 900;

    private static readonly BatchId Batch = BatchId.From("demo-r1-b00001");

    /// <summary>Answers of nearly one quality and of several lengths, so that habits have something to decide.</summary>
    private static readonly string[] Texts =
    [
        "I'm sorry that your kettle does not turn on. We will refund you in full.",
        "Thank you for telling us about your kettle. We will refund you in full. We are happy to help.",
        "We are sorry that your kettle does not turn on. You can have your money back. As you may know, our shop has been here for many years.",
        "Sorry about your kettle! You can have your money back.",
        "Thanks for writing about your kettle. We will gladly replace your kettle.",
        "I am very sorry that your kettle does not turn on. We will send you a new kettle free of charge. There are many kinds of products, and each of them is different in its own way. Thank you for your patience.",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Figures_OfSimulatedAnnotators_FindEachHabitOut(long seed)
    {
        var figures = FiguresOf(seed).ToDictionary(f => f.Annotator.Value);
        var expected = new Dictionary<string, QualityConcern[]>
        {
            ["careful"] = [],
            ["hasty"] = [QualityConcern.Disagrees, QualityConcern.TooFast],
            ["left-leaning"] = [QualityConcern.SideBias],
            ["fond-of-length"] = [QualityConcern.LengthBias],
        };
        Assert.All(expected, e => Assert.Equal(e.Value, figures[e.Key].Concerns));
        Assert.Equal(Habit.All[1].Seconds, figures["hasty"].MedianTime!.Value.TotalSeconds, 0.3);
        Assert.Equal(Comparisons * Habit.All[1].Seconds, figures["hasty"].ActiveTime.TotalSeconds, 90.0);
    }

    private static IReadOnlyList<AnnotatorFigures> FiguresOf(long seed)
    {
        var comparisons = Enumerable.Range(0, Comparisons).Select(i => SampleComparisons.Make(Batch, i, $"Hello, I bought a kettle from you last week and it worked well at first, but since yesterday my kettle does not turn on. What can I do? Order {i}.", [Texts[i % 6], Texts[(i + 1 + i / 6 % 5) % 6]], overlap: Habit.All.Count)).ToList();
        var tally = new QualityTally(_ => true, new Rlhf.Campaigns.CheckSettings().ConcernBelow);
        tally.Add(comparisons, [.. comparisons.SelectMany(c => Habit.All.Select(habit => Rank(c, habit, seed)))]);
        return tally.Figures();
    }

    private static Ranking Rank(Comparison comparison, Habit habit, long seed)
    {
        var annotator = AnnotatorId.From(habit.Name);
        var shown = ShownOrder.For(comparison, annotator);
        var task = new TaskView(comparison.Id, comparison.Prompt.Messages, [.. shown.Select((id, i) => new AnswerView(ShownOrder.PlaceOf(i), comparison.Answers.First(a => a.Id == id).Text, false))], DateTimeOffset.UnixEpoch, 1);
        var order = Choice.Rank(task, habit, annotator, seed);
        var ranking = new Ranking(comparison.Id, Batch, annotator, AnnotatorKind.Simulated, RankingOutcome.Ranked,
            [.. order.Select(place => (IReadOnlyList<string>)[ShownOrder.AnswerAt(shown, place)!])], shown, DateTimeOffset.UnixEpoch,
            ActiveTime: TimeSpan.FromSeconds(Choice.Seconds(habit, annotator, comparison.Id, seed)));
        return ranking with { TooFast = LabelFormRules.IsTooFast(new(), comparison, ranking) };
    }
}
