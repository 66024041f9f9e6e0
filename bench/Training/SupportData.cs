using System.Text.Json.Nodes;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Judging;
using Rlhf.Labeling;
using Rlhf.Preferences;
using Rlhf.Prompts;

namespace Rlhf.Bench.Training;

/// <summary>Prompts from a file, and rankings of the base model's answers by annotators who follow the rule and err.</summary>
public static class SupportData
{
    // τ, what the first shown gains, what ten words gain: the habits of ./run's simulated annotators, in turn.
    private static readonly (double Temperature, double Left, double Length)[] Habits = [(0.6, 0, 0), (1.6, 0, 0), (1.0, 0.8, 0), (1.0, 0, 0.5)];

    public static IReadOnlyList<Prompt> Read(string file) => [.. File.ReadLines(file).Select((line, i) =>
    {
        var json = JsonNode.Parse(line)!;
        var messages = json["messages"] is JsonArray turns
            ? turns.Select(turn => new Message(Enum.Parse<MessageRole>((string)turn!["role"]!, ignoreCase: true), (string)turn["content"]!)).ToList()
            : [new Message(MessageRole.User, (string)json["prompt"]!)];
        return new Prompt(PromptId.From($"p{i}"), messages, Enum.Parse<Split>((string)json["split"]!, ignoreCase: true));
    })];

    /// <summary>The first train prompts, and the validation prompts, two of three of which stand in for the test prompts. The file's own test prompts are left out.</summary>
    public static IReadOnlyList<Prompt> ForDevelopment(IReadOnlyList<Prompt> prompts, int train)
    {
        var validation = prompts.Where(prompt => prompt.Split == Split.Validation).Select((prompt, i) => i % 3 == 0 ? prompt : prompt with { Split = Split.Test });
        return [.. prompts.Where(prompt => prompt.Split == Split.Train).Take(train), .. validation];
    }

    /// <summary>Two answers a prompt, ranked by one annotator each; identical answers are dropped.</summary>
    public static async Task<IReadOnlyList<PreferencePair>> PairsAsync(OnnxGenerator generator, IReadOnlyList<Prompt> prompts, SamplingSettings sampling, long seed)
    {
        var requests = prompts.SelectMany((prompt, i) => Enumerable.Range(0, 2).Select(k => new GenerationRequest(prompt.Messages, SeededRandom.Combine(seed, i, k)))).ToList();
        var answers = await generator.GenerateAsync(requests, sampling);
        var random = new SeededRandom(SeededRandom.Combine(seed, 99));
        return [.. prompts.Select((prompt, i) => Rank(prompt, i, answers[2 * i], answers[(2 * i) + 1], random)).OfType<PreferencePair>()];
    }

    private static PreferencePair? Rank(Prompt prompt, int number, GenerationOutcome left, GenerationOutcome right, SeededRandom random)
    {
        if (left.Text == right.Text) return null;
        var habit = Habits[number % Habits.Length];
        var difference = SupportRule.Score(prompt, left.Text!) - SupportRule.Score(prompt, right.Text!) + habit.Left + (habit.Length * (Words(left) - Words(right)) / 10);
        var leftWins = random.NextDouble() < 1 / (1 + Math.Exp(-difference / habit.Temperature));
        var (chosen, rejected) = leftWins ? (left, right) : (right, left);
        return new(
            ComparisonId.From($"c{number}"), prompt.Id, prompt.Messages, chosen.Text!, rejected.Text!, prompt.Split, 1, 1, 1, [AnnotatorKind.Simulated], 1, 1,
            FinishReasons: new(chosen.FinishReason, rejected.FinishReason));
    }

    private static int Words(GenerationOutcome answer) => answer.Text!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
}
