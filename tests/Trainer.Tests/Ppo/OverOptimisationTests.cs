using System.Text.Json.Nodes;
using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;
using Rlhf.Judging;
using Rlhf.Prompts;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Ppo;
using Rlhf.Trainer.Reward;
using Rlhf.Trainer.Sampling;
using Rlhf.Training;

namespace Rlhf.Trainer.Tests.Ppo;

/// <summary>
/// Evidence for why there is a KL penalty: with it off, the shipped model finds what the reward model likes by mistake. The score rises above what it reaches with the
/// penalty, and the quality that it stands for, as the noise-free rule sees it, falls below where it began. The reward model is a poor one (few pairs) so that it shows within a minute.
/// </summary>
public class OverOptimisationTests
{
    private const int Pairs = 200, AnswerTokens = 64;
    private static readonly PpoSettings Greedy = new() { Steps = 26, RolloutsPerStep = 32, MinibatchSize = 16, LearningRate = 1e-3, MaximumAnswerTokens = AnswerTokens };

    [Fact]
    public async Task Train_KlPenaltyOff_ScoreGoesUpAndQualityDown()
    {
        var folder = Path.Combine(Repository(), "models", "support-small");
        var tokenizer = ChatTokenizer.Load(folder);
        var prompts = SamplePrompts();
        using var start = ModelFolder.Load(folder);
        using var reward = await PoorRewardModelAsync(start, tokenizer, [.. prompts.Where(prompt => prompt.Split == Split.Train).Take(Pairs)]);
        var rollout = Encode(tokenizer, prompts.Where(prompt => prompt.Split == Split.Train));
        var test = prompts.Where(prompt => prompt.Split == Split.Test).Take(128).ToList();

        using var held = await PpoTrainer.TrainAsync(start, rollout, reward, tokenizer.EndTokenId, Greedy with { KlCoefficient = 0.1 }, 1, new RecordingProgress());
        using var free = await PpoTrainer.TrainAsync(start, rollout, reward, tokenizer.EndTokenId, Greedy with { KlCoefficient = 0 }, 1, new RecordingProgress());

        var (_, startQuality) = Judge(start, reward, tokenizer, test);
        var (heldReward, heldQuality) = Judge(held, reward, tokenizer, test);
        var (freeReward, freeQuality) = Judge(free, reward, tokenizer, test);
        var seen = FormattableString.Invariant($"start: quality {startQuality:f2}; with the penalty: reward {heldReward:f2}, quality {heldQuality:f2}; without: reward {freeReward:f2}, quality {freeQuality:f2}");
        TestContext.Current.TestOutputHelper?.WriteLine(seen);
        Assert.True(freeReward > heldReward, seen);
        Assert.True(heldQuality > startQuality + 1, seen);
        Assert.True(freeQuality < startQuality - 1, seen);
    }

    private static async Task<RewardModel> PoorRewardModelAsync(Gpt2Model start, ChatTokenizer tokenizer, IReadOnlyList<Prompt> prompts)
    {
        var encoded = Encode(tokenizer, prompts);
        DecodedAnswer[] Answers(long seed) => [.. PolicySampler.Sample(start, encoded, new SamplingSettings(AnswerTokens), tokenizer.EndTokenId, seed)];
        var (first, second) = (Answers(1), Answers(2));
        var comparisons = new List<RewardComparison>();
        for (var i = 0; i < prompts.Count; i++)
        {
            int[][] sequences = [Sequence(encoded[i], first[i], tokenizer), Sequence(encoded[i], second[i], tokenizer)];
            if (sequences[0].AsSpan().SequenceEqual(sequences[1])) continue;
            var firstWins = Quality(prompts[i], first[i], tokenizer) > Quality(prompts[i], second[i], tokenizer);
            comparisons.Add(new(sequences, [firstWins ? new(0, 1, 1, 1) : new(1, 0, 1, 1)]));
        }

        var model = await RewardTrainer.TrainAsync(start, comparisons, [], new RewardSettings { Epochs = 2, LearningRate = 1e-3 }, 1, new RecordingProgress());
        RewardTrainer.Normalize(model, [.. comparisons.SelectMany(comparison => comparison.Sequences)]);
        return model;
    }

    private static (double Reward, double Quality) Judge(ICausalLanguageModel policy, RewardModel reward, ChatTokenizer tokenizer, IReadOnlyList<Prompt> prompts)
    {
        var encoded = Encode(tokenizer, prompts);
        var answers = PolicySampler.Sample(policy, encoded, new SamplingSettings(AnswerTokens), tokenizer.EndTokenId, seed: 3);
        var raw = RewardTrainer.RawScores(reward, [.. encoded.Zip(answers, (prompt, answer) => Sequence(prompt, answer, tokenizer))]);
        return (raw.Average(score => reward.Normalization.Apply(score)), prompts.Zip(answers).Average(pair => Quality(pair.First, pair.Second, tokenizer)));
    }

    private static double Quality(Prompt prompt, DecodedAnswer answer, ChatTokenizer tokenizer) => SupportRule.Score(prompt, tokenizer.DecodeAnswer(answer.Tokens));

    private static int[] Sequence(int[] prompt, DecodedAnswer answer, ChatTokenizer tokenizer) =>
        answer.Ended ? [.. prompt, .. answer.Tokens, tokenizer.EndTokenId] : [.. prompt, .. answer.Tokens];

    private static List<int[]> Encode(ChatTokenizer tokenizer, IEnumerable<Prompt> prompts) =>
        [.. prompts.Select(prompt => tokenizer.EncodePrompt(prompt.Messages, 256 - AnswerTokens)!.Tokens.ToArray())];

    /// <summary>Those of the sample that are one message.</summary>
    private static List<Prompt> SamplePrompts() => [.. File.ReadLines(Path.Combine(Repository(), "samples", "support-prompts.jsonl"))
        .Select((line, i) => (Json: JsonNode.Parse(line)!, Id: PromptId.From($"p{i}"))).Where(line => line.Json["prompt"] is not null)
        .Select(line => new Prompt(line.Id, [new(MessageRole.User, (string)line.Json["prompt"]!)], Enum.Parse<Split>((string)line.Json["split"]!, ignoreCase: true)))];

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Serverless.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
