using Rlhf.Generation.Tokenization;
using Rlhf.Prompts;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Sft;
using Rlhf.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Sft;

public sealed class SftTrainerTests
{
    private static readonly Gpt2Settings Tiny = new() { VocabularySize = 14, ContextLength = 10, Width = 16, LayerCount = 2, HeadCount = 2 };
    private static readonly SftSettings Settings = new() { Epochs = 30, BatchSize = 16, LearningRate = 1e-2 };

    [Fact]
    public async Task Train_CopyingTask_IsLearned()
    {
        using var model = new Gpt2Model(Tiny, seed: 1);
        var examples = CopyExamples();
        var before = SftTrainer.Evaluate(model, examples);

        await SftTrainer.TrainAsync(model, examples, Settings, seed: 1, new Interrupted(stopAfter: -1));

        Assert.True(before > 2, $"{before}");
        Assert.True(SftTrainer.Evaluate(model, examples) < 0.05, $"{SftTrainer.Evaluate(model, examples)}");
    }

    [Fact]
    public async Task Train_SameSeedTwice_GivesTheSameWeights()
    {
        using var first = await TrainedAsync(seed: 3);
        using var second = await TrainedAsync(seed: 3);
        using var other = await TrainedAsync(seed: 4);

        Assert.Equal(Weights(first), Weights(second));
        Assert.NotEqual(Weights(first), Weights(other));
    }

    [Fact]
    public async Task Train_StoppedAndResumed_GivesTheWeightsOfAnUnbrokenRun()
    {
        using var whole = await TrainedAsync(seed: 3);
        using var broken = new Gpt2Model(Tiny, seed: 1);
        var stopped = new Interrupted(stopAfter: 9);
        await Assert.ThrowsAsync<OperationCanceledException>(() => SftTrainer.TrainAsync(broken, CopyExamples(), Short, 3, stopped));

        using var resumed = new Gpt2Model(Tiny, seed: 99);
        await SftTrainer.TrainAsync(resumed, CopyExamples(), Short, 3, new Interrupted(stopAfter: -1, stopped.Kept));

        Assert.Equal(Weights(whole), Weights(resumed));
    }

    [Fact]
    public async Task Train_EveryStep_IsReportedOnceWithItsLoss()
    {
        using var model = new Gpt2Model(Tiny);
        var progress = new Interrupted(stopAfter: -1);

        await SftTrainer.TrainAsync(model, CopyExamples(), Short, 3, progress);

        Assert.Equal(Enumerable.Range(1, 14), progress.Reports.Select(r => r.Step));
        Assert.All(progress.Reports, r => Assert.True(r.Steps == 14 && r.Values["loss"] > 0));
    }

    [Fact]
    public async Task Train_ManySteps_KeepsTheCountOfLiveTensors()
    {
        using var model = new Gpt2Model(Tiny);
        await SftTrainer.TrainAsync(model, CopyExamples(), Short, 3, new Interrupted(stopAfter: -1));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        await SftTrainer.TrainAsync(model, CopyExamples(), Short, 3, new Interrupted(stopAfter: -1));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Loss_AgainstOneTokenAtATime_Agrees()
    {
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny, seed: 2);
        SftExample[] examples = [new([1, 2, 3, 4, 5], 2, Weight: 2), new([6, 7, 8], 1, Weight: 0.5)];
        var (sum, weights) = (0.0, 0.0);
        foreach (var example in examples)
        {
            for (var t = example.AnswerStart; t < example.Tokens.Length; t++)
            {
                var logits = model.forward(tensor([.. example.Tokens[..t].Select(x => (long)x)]).unsqueeze(0))[0, -1];
                sum -= example.Weight * nn.functional.log_softmax(logits, 0)[example.Tokens[t]].ToDouble();
                weights += example.Weight;
            }
        }

        Assert.Equal(sum / weights, SftLoss.Of(model, examples).ToDouble(), 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public void Batches_OfAnEpoch_HoldEveryExampleOnce(int batchSize)
    {
        var examples = CopyExamples();
        var batches = SftBatches.Of(examples, batchSize, seed: 1, epoch: 0);

        Assert.Equal(Enumerable.Range(0, examples.Count), batches.SelectMany(b => b).Order());
        Assert.Equal((examples.Count + batchSize - 1) / batchSize, batches.Count);
        Assert.NotEqual(batches.SelectMany(b => b), SftBatches.Of(examples, batchSize, 1, epoch: 1).SelectMany(b => b));
    }

    [Fact]
    public void TryEncode_TooLong_LosesEarlyTurnsNeverTheAnswer()
    {
        var tokenizer = new ChatTokenizer(new(Rlhf.Trainer.Tokenization.BytePairTrainer.Train([], 260, ChatFormat.ShippedModel.SpecialTokens)), ChatFormat.ShippedModel);
        var line = new SftLine([new(MessageRole.User, "one"), new(MessageRole.Assistant, "two"), new(MessageRole.User, "three")], "answer");

        var whole = SftExample.TryEncode(tokenizer, line, 100)!;
        var cut = SftExample.TryEncode(tokenizer, line, 15)!;

        Assert.Equal("onetwothreeanswer", tokenizer.Text.Decode(whole.Tokens));
        Assert.Equal("threeanswer", tokenizer.Text.Decode(cut.Tokens));
        Assert.Equal("answer", tokenizer.DecodeAnswer(cut.Tokens[cut.AnswerStart..]));
        Assert.Equal(tokenizer.EndTokenId, cut.Tokens[^1]);
        Assert.Null(SftExample.TryEncode(tokenizer, line, 14));
    }

    private static SftSettings Short => Settings with { Epochs = 2 };

    private static async Task<Gpt2Model> TrainedAsync(long seed)
    {
        var model = new Gpt2Model(Tiny, seed: 1);
        await SftTrainer.TrainAsync(model, CopyExamples(), Short, seed, new Interrupted(stopAfter: -1));
        return model;
    }

    /// <summary>a b | a b end.</summary>
    private static List<SftExample> CopyExamples() =>
        [.. Enumerable.Range(0, 100).Select(i => new SftExample([12, i / 10, i % 10, 11, i / 10, i % 10, 13], 4))];

    private static float[] Weights(Gpt2Model model) => [.. model.parameters().SelectMany(Torch.Values)];
}
