using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;
using Rlhf.Trainer.Onnx;
using Rlhf.Trainer.Sampling;
using TorchSharp;

namespace Rlhf.Trainer.Tests.Sampling;

/// <summary>Torch with its cache against ONNX Runtime: other arithmetic, the same answers.</summary>
public sealed class TorchDecoderTests
{
    private static readonly string Shipped = Contracts.Repository.File("models", "support-small");

    public static TheoryData<SamplingSettings> Settings => [
        new SamplingSettings(40, Temperature: 0), new SamplingSettings(40), new SamplingSettings(40, Temperature: 0.7, TopP: 0.9), new SamplingSettings(40, TopK: 20), new SamplingSettings(40, 1.2, 0.8, 50)];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Generate_ShippedModel_AnswersAsOnnxDoes(SamplingSettings sampling)
    {
        await using var onnx = OnnxGenerator.Load("onnx", Shipped);
        await using var torch = TorchGenerator.Load("torch", Shipped);
        // Of unequal length, so that most rows are padded, and many, so that ended ones are dropped on the way.
        var requests = Enumerable.Range(0, 70).Select(i => new GenerationRequest([new(Prompts.MessageRole.User, $"My {string.Join(' ', Enumerable.Repeat("very", i % 7))} router {i} does not work.")], i)).ToList();

        var expected = await onnx.GenerateAsync(requests, sampling, TestContext.Current.CancellationToken);
        var answers = await torch.GenerateAsync(requests, sampling, TestContext.Current.CancellationToken);

        // A random number that falls between two roundings of the same sum draws another token: once in millions.
        Assert.Equal(expected, answers);
    }

    [Fact]
    public void Decode_LogProbabilities_AreThoseOfTheModel()
    {
        using var model = ModelFolder.Load(Shipped);
        var requests = Enumerable.Range(1, 5).Select(i => new DecodingRequest([.. Enumerable.Range(10, 3 * i)], i)).ToList();
        var sampling = new SamplingSettings(12, Temperature: 0.8, TopP: 0.9);
        using var onnx = OnnxModel.Load(OnnxExport.LanguageModel(model), "the model", OnnxDecoderNames.Logits, new());

        var expected = OnnxDecoder.Decode(onnx, requests, sampling, model.Settings.EndTokenId!.Value, TestContext.Current.CancellationToken);
        var answers = TorchDecoder.Decode(model, requests, sampling, model.Settings.EndTokenId!.Value, TestContext.Current.CancellationToken);

        foreach (var (mine, other) in answers.Zip(expected))
        {
            Assert.Equal(other.Tokens, mine.Tokens);
            Assert.Equal(other.Ended, mine.Ended);
            Assert.All(mine.LogProbabilities.Zip(other.LogProbabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-3f));
        }
    }

    [Fact]
    public void Decode_ContextRunsOut_EndsThere()
    {
        using var model = new Gpt2Model(new() { VocabularySize = 11, ContextLength = 8, Width = 6, LayerCount = 2, HeadCount = 2 }, seed: 5);

        var answers = TorchDecoder.Decode(model, [new([1, 2, 3], 1), new([1], 2)], new(100), endToken: 10, TestContext.Current.CancellationToken);

        Assert.All(answers.Zip([3, 1]), pair => Assert.True(pair.First.Ended || pair.First.Tokens.Count == 8 - pair.Second));
    }

    [Fact]
    public void Decode_AgainAndAgain_LeavesNoTensorBehind()
    {
        using var model = new Gpt2Model(new() { VocabularySize = 11, ContextLength = 16, Width = 6, LayerCount = 2, HeadCount = 2 }, seed: 5);
        void Decode() => TorchDecoder.Decode(model, [.. Enumerable.Range(0, 9).Select(i => new DecodingRequest([1, 2], i))], new(12), endToken: 10, TestContext.Current.CancellationToken);
        Decode();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Decode();

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
