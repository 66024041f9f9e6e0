using Rlhf.Generation.Onnx;
using Rlhf.Generation.Tokenization;
using Rlhf.Prompts;
using Rlhf.Trainer.Models;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Onnx;

/// <summary>With the model that ships, held against torch.</summary>
public sealed class OnnxFeaturesTests : IDisposable
{
    private static readonly string Shipped = Path.Combine(SolutionFolder.Find()!, "models", "support-small");
    private static readonly IReadOnlyList<Message> Kettle = [new(MessageRole.User, "My Velta kettle leaks. Please help.")];
    private readonly string folder = Directory.CreateTempSubdirectory("rlhf-features-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("We are sorry about the leak. We will send you a new Velta kettle.", true)]
    [InlineData("Whatever", false)]
    public void Read_InAnyCompany_IsWhatTorchMakesOfIt(string answer, bool ended)
    {
        using var features = OnnxFeatures.Load(Shipped);
        var read = features.Read([new(Kettle, "No."), new(Kettle, answer, ended), new(Kettle, string.Concat(Enumerable.Repeat("The kettle leaks. ", 12)))]);

        var expected = Expected(answer, ended);
        Assert.Equal(features.Width, expected.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], read[1]![i], 1e-3f);
    }

    [Fact]
    public void Read_AnswerThatDoesNotFitTheModel_IsNullAndTheOthersAreRead()
    {
        using var features = OnnxFeatures.Load(Shipped);

        var read = features.Read([new(Kettle, string.Concat(Enumerable.Repeat("kettle ", 600))), new(Kettle, "We will help."), new(Kettle, "", Ended: false)]);

        Assert.Equal([true, false, true], read.Select(r => r is null));
    }

    [Fact]
    public void Load_ExportOfAnEarlierVersion_SaysHowToExportItAnew()
    {
        foreach (var file in Directory.EnumerateFiles(Shipped)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        var model = Rlhf.Trainer.Onnx.Format.ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        model.Graph.Output.Remove(model.Graph.Output.Single(output => output.Name == OnnxDecoderNames.Hidden));
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), Google.Protobuf.MessageExtensions.ToByteArray(model));

        var refusal = Assert.Throws<RlhfException>(() => OnnxFeatures.Load(folder));

        Assert.Equal("model-without-hidden-states", refusal.Code);
        Assert.Contains(folder, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("export", refusal.Remedy, StringComparison.Ordinal);
    }

    /// <summary>Read whole, by the definition.</summary>
    private static float[] Expected(string text, bool ended)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var model = ModelFolder.Load(Shipped);
        var tokenizer = ChatTokenizer.Load(Shipped);
        var answer = tokenizer.EncodeAnswer(text, ended);
        long[] tokens = [.. tokenizer.EncodePrompt(Kettle, 200)!.Tokens.Concat(answer).Select(token => (long)token)];
        var hidden = model.Hidden(tensor(tokens).unsqueeze(0))[0];
        var own = hidden.slice(0, -answer.Count, tokens.Length, 1);
        var likelihoods = nn.functional.log_softmax(model.Logits(hidden), -1).slice(0, -answer.Count - 1, tokens.Length - 1, 1)
            .gather(1, tensor([.. answer.Select(token => (long)token)]).unsqueeze(1)).data<float>().ToArray();
        return
        [
            .. hidden[tokens.Length - 1].data<float>(), .. own.mean([0L]).data<float>(), .. own.amax([0L]).data<float>(), likelihoods.Average(), likelihoods.Sum(),
            likelihoods.Min(), likelihoods.Count(l => l < -3), MathF.Sqrt(answer.Count), answer.Count,
        ];
    }
}
