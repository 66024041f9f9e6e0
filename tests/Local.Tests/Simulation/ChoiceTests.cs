using Rlhf.Judging;
using Rlhf.Local.Simulation;
using Rlhf.Prompts;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Simulation;

public sealed class ChoiceTests
{
    private const string Good = "Thank you for your message. We are sorry about your kettle.";
    private const string Bad = "Stop wasting our time.";
    private static readonly AnnotatorId annotator = AnnotatorId.From("simulated-1");
    private static readonly Habit neutral = new("neutral", "", 2, 0, 0, 5);

    [Fact]
    public void Rank_SameSeedAndTask_IsTheSame()
    {
        var tasks = Enumerable.Range(0, 50).Select(i => Task(i, Good, Bad)).ToList();

        Assert.All(tasks, task => Assert.Equal(Choice.Rank(task, neutral, annotator, 7), Choice.Rank(task, neutral, annotator, 7)));
        Assert.Contains(tasks, task => !Choice.Rank(task, neutral, annotator, 7).SequenceEqual(Choice.Rank(task, neutral, annotator, 8)));
    }

    [Fact]
    public void Rank_ManyPairs_PrefersTheBetterAsOftenAsTheLogisticSays()
    {
        const int count = 4_000;
        var difference = SupportRule.Score(Task(0, Good, Bad).Messages, Good) - SupportRule.Score(Task(0, Good, Bad).Messages, Bad);
        var habit = neutral with { Temperature = difference };

        var preferred = Enumerable.Range(0, count).Count(i => Choice.Rank(Task(i, Good, Bad), habit, annotator, 1)[0] == "1");

        // σ(1), within four standard errors.
        var expected = 1 / (1 + Math.Exp(-1));
        Assert.InRange((double)preferred / count, expected - (4 * Math.Sqrt(expected * (1 - expected) / count)), expected + (4 * Math.Sqrt(expected * (1 - expected) / count)));
    }

    [Fact]
    public void Utility_Habits_AddTheirBonuses()
    {
        var task = Task(0, Good, Good);

        Assert.Equal(0.8, Choice.Utility(task, neutral with { LeftBonus = 0.8 }, 0) - Choice.Utility(task, neutral with { LeftBonus = 0.8 }, 1), 9);
        Assert.Equal(0.5 * 11 / 10, Choice.Utility(task, neutral with { LengthBonus = 0.5 }, 1) - Choice.Utility(task, neutral, 1), 9);
    }

    [Fact]
    public void Rank_NineAnswers_NamesEachOnce()
    {
        var task = Task(0, [.. Enumerable.Range(0, 9).Select(i => $"Answer {i}.")]);

        Assert.Equal(task.Answers.Select(a => a.Id).Order(), Choice.Rank(task, neutral, annotator, 1).Order());
    }

    private static TaskView Task(int number, params string[] answers) => new(
        ComparisonId.From($"c{number}"), [new(MessageRole.User, "My kettle does not turn on.")],
        [.. answers.Select((text, i) => new AnswerView($"{i + 1}", text, false))], DateTimeOffset.UnixEpoch, 1);
}
