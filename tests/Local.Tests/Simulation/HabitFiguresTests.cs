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
    private const int Comparisons = 600;

    private static readonly BatchId Batch = BatchId.From("demo-r1-b00001");

    /// <summary>Answers of one quality, near to it, and of several lengths, so that habits have something to decide.</summary>
    private static readonly string[] Texts =
    [
        "We are sorry about your kettle. Please reset it.",
        "We are sorry about your kettle. Please reset it. Your order is important to us and we value your time.",
        "Thank you for your message. We are sorry about your kettle. We will send you a new one.",
        "Thank you for your message. We will send you a new one.",
        "We will send you a new one. Our team works on many things every day.",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Figures_OfSimulatedAnnotators_FindEachHabitOut(long seed)
    {
        var figures = FiguresOf(seed).ToDictionary(f => f.Annotator.Value);
        Assert.Empty(figures["careful"].Concerns);
        Assert.Subset(figures["hasty"].Concerns.ToHashSet(), new HashSet<QualityConcern> { QualityConcern.Disagrees, QualityConcern.TooFast });
        Assert.Contains(QualityConcern.SideBias, figures["left-leaning"].Concerns);
        Assert.Contains(QualityConcern.LengthBias, figures["fond-of-length"].Concerns);
        // And nobody is suspected of what is another's.
        Assert.All(figures.Values, f => Assert.Equal(f.Annotator.Value == "left-leaning", f.Concerns.Contains(QualityConcern.SideBias)));
        Assert.All(figures.Values, f => Assert.Equal(f.Annotator.Value == "hasty", f.Concerns.Contains(QualityConcern.TooFast)));
        Assert.True(figures["fond-of-length"].Longer!.Value > figures["fond-of-length"].OthersLonger + 0.1);
        Assert.True(figures["careful"].Agreement!.Value > figures["hasty"].Agreement!.Value + 0.1);
        Assert.Equal(Habit.All[1].Seconds, figures["hasty"].MedianTime!.Value.TotalSeconds, 0.3);
        Assert.Equal(Comparisons * Habit.All[1].Seconds, figures["hasty"].ActiveTime.TotalSeconds, 60.0);
    }

    private static IReadOnlyList<AnnotatorFigures> FiguresOf(long seed)
    {
        var comparisons = Enumerable.Range(0, Comparisons).Select(i => SampleComparisons.Make(Batch, i, $"Hello, I bought a kettle from you last week and it worked well at first, but since yesterday my kettle does not turn on. What can I do? Order {i}.", [Texts[i % 5], Texts[(i + 1 + i / 5 % 4) % 5]])).ToList();
        var tally = new QualityTally(_ => true);
        tally.Add(comparisons, [.. comparisons.SelectMany(c => Habit.All.Select(habit => Rank(c, habit, seed)))]);
        return tally.Figures();
    }

    private static Ranking Rank(Comparison comparison, Habit habit, long seed)
    {
        var annotator = AnnotatorId.From(habit.Name);
        var shown = ShownOrder.For(comparison, annotator);
        var task = new TaskView(comparison.Id, comparison.Prompt.Messages, [.. shown.Select((id, i) => new AnswerView(ShownOrder.PlaceOf(i), comparison.Answers.First(a => a.Id == id).Text, false))], DateTimeOffset.UnixEpoch, 1);
        var order = Choice.Rank(task, habit, annotator, seed);
        return new(comparison.Id, Batch, annotator, AnnotatorKind.Simulated, RankingOutcome.Ranked,
            [.. order.Select(place => (IReadOnlyList<string>)[ShownOrder.AnswerAt(shown, place)!])], shown, DateTimeOffset.UnixEpoch,
            ActiveTime: TimeSpan.FromSeconds(Choice.Seconds(habit, annotator, comparison.Id, seed)));
    }
}
