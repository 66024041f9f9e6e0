using Rlhf.Generation;
using Rlhf.Generation.Onnx;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Onnx;
using Rlhf.Trainer.Reward;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Onnx;

public class OnnxExportTests
{
    private const int End = 3;
    private static readonly Gpt2Settings Small = new() { VocabularySize = 40, ContextLength = 48, Width = 32, LayerCount = 2, HeadCount = 4, InitializerRange = 0.3 };

    [Fact]
    public void CheckedLanguageModel_RandomWeights_AgreesWithTorchAtEveryPosition()
    {
        using var model = new Gpt2Model(Small);

        var bytes = OnnxExport.CheckedLanguageModel(model);

        using var onnx = OnnxModel.Load(bytes, "test", OnnxDecoderNames.Logits, new OnnxOptions());
        Assert.Equal((2, 4, 8, 48, 40), (onnx.Shape.Layers, onnx.Shape.Heads, onnx.Shape.HeadWidth, onnx.Shape.Positions, onnx.Shape.Vocabulary));
    }

    [Fact]
    public void CheckedLanguageModel_DamagedWeights_IsRefused()
    {
        using var model = new Gpt2Model(Small);
        using (no_grad()) model.Module.parameters().First().fill_(float.NaN);

        Assert.Equal("onnx-differs", Assert.Throws<RlhfException>(() => OnnxExport.CheckedLanguageModel(model)).Code);
    }

    [Fact]
    public void CheckedRewardModel_RandomWeights_CarriesItsNormalization()
    {
        using var start = new Gpt2Model(Small);
        using var reward = RewardModel.From(start, seed: 5);
        reward.Normalization = new RewardNormalization(0.25, 1.75);

        var bytes = OnnxExport.CheckedRewardModel(reward);

        using var onnx = OnnxModel.Load(bytes, "test", OnnxDecoderNames.Scores, new OnnxOptions());
        Assert.Equal(reward.Normalization, onnx.RewardNormalization);
    }

    [Fact]
    public void Decode_Greedy_GivesWhatTorchGivesWithoutACache()
    {
        using var model = new Gpt2Model(Small);
        using var onnx = Load(model);
        int[][] prompts = [[5, 6, 7, 8, 9, 10, 11], [12], [4, 4, 9]];

        var answers = OnnxDecoder.Decode(
            onnx, [.. prompts.Select(p => new DecodingRequest(p, 1))], new SamplingSettings(12, Temperature: 0), End);

        for (var i = 0; i < prompts.Length; i++) Assert.Equal(TorchGreedy(model, prompts[i], 12), answers[i].Tokens);
    }

    [Fact]
    public void Decode_InAnyCompany_GivesEachRequestItsOwnAnswer()
    {
        using var model = new Gpt2Model(Small);
        using var onnx = Load(model);
        var random = new SeededRandom(7);
        var requests = Enumerable.Range(0, 20)
            .Select(i => new DecodingRequest([.. Enumerable.Range(0, 1 + random.Next(15)).Select(_ => random.Next(40))], i)).ToList();
        var sampling = new SamplingSettings(20);

        var together = OnnxDecoder.Decode(onnx, requests, sampling, End);
        var alone = requests.Select(request => OnnxDecoder.Decode(onnx, [request], sampling, End)[0]).ToList();

        Assert.Equal(alone.Select(a => string.Join(' ', a.Tokens)), together.Select(a => string.Join(' ', a.Tokens)));
        Assert.Contains(together, answer => answer.Ended);
        Assert.True(together.Select(a => string.Join(' ', a.Tokens)).Distinct().Count() > 10);
    }

    [Fact]
    public void Decode_LogProbabilities_AreTorchsAtTheSamplingTemperature()
    {
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Small);
        using var onnx = Load(model);

        var answer = OnnxDecoder.Decode(onnx, [new([5, 6, 7], 3)], new SamplingSettings(8, Temperature: 0.7), End)[0];

        int[] taken = answer.Ended ? [.. answer.Tokens, End] : [.. answer.Tokens];
        var all = tensor([.. new[] { 5L, 6, 7 }.Concat(taken.Select(t => (long)t))]).unsqueeze(0);
        var logProbabilities = nn.functional.log_softmax(model.forward(all)[0] / 0.7, -1);
        Assert.Equal(taken.Length, answer.LogProbabilities.Count);
        for (var i = 0; i < taken.Length; i++)
            Assert.Equal(logProbabilities[2 + i, taken[i]].item<float>(), answer.LogProbabilities[i], 1e-4f);
    }

    [Fact]
    public void Decode_AtTheEndOfTheContext_CutsTheAnswerOff()
    {
        using var model = new Gpt2Model(Small);
        using var onnx = Load(model);
        var prompt = Enumerable.Repeat(5, Small.ContextLength - 2).ToArray();

        var answer = OnnxDecoder.Decode(onnx, [new(prompt, 1)], new SamplingSettings(30, Temperature: 0), endToken: -1)[0];

        Assert.Equal((2, false), (answer.Tokens.Count, answer.Ended));
    }

    [Fact]
    public void Decode_Cancelled_Stops()
    {
        using var model = new Gpt2Model(Small);
        using var onnx = Load(model);
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => OnnxDecoder.Decode(onnx, [new([5], 1)], new SamplingSettings(30), -1, stop.Token));
    }

    private static OnnxModel Load(Gpt2Model model) =>
        OnnxModel.Load(OnnxExport.LanguageModel(model), "test", OnnxDecoderNames.Logits, new OnnxOptions { BatchSize = 8 });

    private static List<int> TorchGreedy(Gpt2Model model, int[] prompt, int count)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var tokens = prompt.Select(t => (long)t).ToList();
        for (var i = 0; i < count; i++)
        {
            var next = model.forward(tensor(tokens.ToArray()).unsqueeze(0))[0, tokens.Count - 1].argmax().item<long>();
            if (next == End) break;
            tokens.Add(next);
        }

        return [.. tokens.Skip(prompt.Length).Select(t => (int)t)];
    }
}
