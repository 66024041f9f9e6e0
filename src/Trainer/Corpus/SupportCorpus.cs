using System.Text;
using System.Text.Json;
using Rlhf.Generation.Onnx;
using Rlhf.Json;
using Rlhf.Judging;
using Rlhf.Prompts;
using Rlhf.Trainer.Sft;

namespace Rlhf.Trainer.Corpus;

/// <summary>The made corpus: examples to learn from, and prompts to start a campaign with. Everything follows from the seed.</summary>
public static class SupportCorpus
{
    /// <summary>Of the prompts in samples/. Not used before the settings of the training were chosen, so that nothing was chosen by them.</summary>
    public const int SampleSeed = 2031;

    public const int SampleCount = 4800;

    private const double InventedShare = 0.25;

    /// <summary>Distinct train prompts, each with an answer of mixed quality. Prompts of the other splits never come, here or in any other call.</summary>
    public static IEnumerable<SftLine> Examples(SupportLanguage language, long seed, int count)
    {
        var answers = new SupportAnswerWriter(language, SeededRandom.Combine(seed, 2));
        return new SupportPromptWriter(language, SeededRandom.Combine(seed, 1), InventedShare).Distinct(Split.Train).Take(count)
            .Select(p => new SftLine(p.Messages, answers.Write(p.Case)));
    }

    /// <summary>Distinct prompts: five of six are train, one of twenty is validation, the rest is test.</summary>
    public static IEnumerable<SupportPrompt> Prompts(SupportLanguage language, long seed, int count)
    {
        var (train, validation) = (count * 5 / 6, count / 20);
        var left = new Dictionary<Split, int> { [Split.Train] = train, [Split.Validation] = validation, [Split.Test] = count - train - validation };
        foreach (var prompt in new SupportPromptWriter(language, SeededRandom.Combine(seed, 3)).Distinct(Split.Train, Split.Validation, Split.Test))
        {
            if (left[prompt.Split] > 0)
            {
                left[prompt.Split]--;
                yield return prompt;
            }

            if (left.Values.Sum() == 0) yield break;
        }
    }

    /// <summary>JSON lines for the inbox, each with its split, so that what was held out from training the model stays test.</summary>
    public static string ToJsonLines(IEnumerable<SupportPrompt> prompts)
    {
        var lines = new StringBuilder();
        foreach (var prompt in prompts) lines.Append(ToLine(prompt)).Append('\n');
        return lines.ToString();
    }

    private static string ToLine(SupportPrompt prompt) => prompt.Messages is [{ Role: MessageRole.User } only]
        ? JsonSerializer.Serialize(new { prompt = only.Content, split = prompt.Split }, RlhfJson.Options)
        : JsonSerializer.Serialize(new { messages = prompt.Messages, split = prompt.Split }, RlhfJson.Options);
}
