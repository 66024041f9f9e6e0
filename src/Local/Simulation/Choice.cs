using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Rlhf.Judging;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Simulation;

/// <summary>How a simulated annotator ranks the answers of one comparison: a Plackett–Luce draw, which for two answers is σ(Δu/τ), with u the rule's score and the habit's bonuses.</summary>
/// <remarks>Each answer's u/τ gets Gumbel noise and the answers are sorted by the sum (Yellott, 1977). The noise hangs on seed, annotator and comparison alone, so the same
/// comparison shown the same way is ranked the same way in every run.</remarks>
public static class Choice
{
    /// <summary>Answer ids from best to worst.</summary>
    public static IReadOnlyList<string> Rank(TaskView task, Habit habit, AnnotatorId annotator, long seed) =>
        [.. task.Answers
            .Select((answer, place) => (answer.Id, Value: (Utility(task, habit, place) / habit.Temperature) + Gumbel(annotator, task.Comparison, seed, place)))
            .OrderByDescending(answer => answer.Value)
            .Select(answer => answer.Id)];

    /// <summary>The rule's score with what the habit adds.</summary>
    /// <param name="place">From 0, left to right.</param>
    public static double Utility(TaskView task, Habit habit, int place)
    {
        var text = task.Answers[place].Text;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return SupportRule.Score(task.Messages, text) + (place == 0 ? habit.LeftBonus : 0) + (habit.LengthBonus * words / 10);
    }

    /// <summary>Active seconds it says it took: half to one and a half times the habit's average.</summary>
    public static double Seconds(Habit habit, AnnotatorId annotator, ComparisonId comparison, long seed) =>
        Math.Round(habit.Seconds * (0.5 + Uniform(annotator, comparison, seed, -1)), 1);

    private static double Gumbel(AnnotatorId annotator, ComparisonId comparison, long seed, int place) =>
        -Math.Log(-Math.Log(Uniform(annotator, comparison, seed, place)));

    /// <summary>In (0, 1), both ends excluded.</summary>
    private static double Uniform(AnnotatorId annotator, ComparisonId comparison, long seed, int purpose)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{annotator}/{comparison}/{purpose}"));
        return ((BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) + 0.5) / (1UL << 53);
    }
}
