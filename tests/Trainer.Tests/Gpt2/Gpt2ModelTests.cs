using Rlhf.Trainer.Gpt2;
using TorchSharp;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Gpt2;

public sealed class Gpt2ModelTests
{
    private static readonly Gpt2Settings Tiny = new() { VocabularySize = 11, ContextLength = 8, Width = 6, LayerCount = 2, HeadCount = 2 };

    [Fact]
    public void Forward_AgainstLoopsOverEveryNumber_Agrees()
    {
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny, seed: 5);
        MakeNormsAndBiasesUneven(model);
        int[] tokens = [3, 1, 4, 1, 5];

        var logits = model.forward(tensor(tokens, int64).unsqueeze(0))[0];

        var expected = Gpt2Loops.Logits(model, tokens);
        for (var t = 0; t < tokens.Length; t++)
            for (var v = 0; v < Tiny.VocabularySize; v++)
                Assert.Equal(expected[t][v], logits[t, v].ToDouble(), 1e-4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hidden_PaddedRowsWithMask_EqualsUnpaddedRows(bool left)
    {
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny, seed: 6);
        long[][] rows = [[1, 2, 3, 4, 5, 6], [7, 8, 9]];
        var padded = left ? new long[] { 0, 0, 0, 7, 8, 9 } : [7, 8, 9, 0, 0, 0];
        var mask = left ? new long[] { 0, 0, 0, 1, 1, 1 } : [1, 1, 1, 0, 0, 0];
        var tokens = stack([tensor(rows[0]), tensor(padded)]);

        var hidden = model.Hidden(tokens, stack([ones(6, int64), tensor(mask)]));

        Assert.True(Torch.LargestDifference(hidden[0], model.Hidden(tensor(rows[0]).unsqueeze(0))[0]) < 1e-5);
        var kept = left ? hidden[1, TensorIndex.Slice(3)] : hidden[1, TensorIndex.Slice(0, 3)];
        Assert.True(Torch.LargestDifference(kept, model.Hidden(tensor(rows[1]).unsqueeze(0))[0]) < 1e-5);
        Assert.False(hidden.isnan().any().ToBoolean());
    }

    [Fact]
    public void Hidden_PaddingOnTheRightWithoutMask_LeavesTheTokensBefore()
    {
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny, seed: 6);

        var padded = model.Hidden(tensor(new long[] { 7, 8, 9, 0, 0 }).unsqueeze(0))[0, TensorIndex.Slice(0, 3)];

        Assert.True(Torch.LargestDifference(padded, model.Hidden(tensor(new long[] { 7, 8, 9 }).unsqueeze(0))[0]) < 1e-5);
    }

    [Fact]
    public void Constructor_SameSeed_SameWeightsAnotherSeedOthers()
    {
        using var scope = NewDisposeScope();
        using var first = new Gpt2Model(Tiny, seed: 1);
        using var second = new Gpt2Model(Tiny, seed: 1);
        using var third = new Gpt2Model(Tiny, seed: 2);

        foreach (var ((name, a), (_, b)) in first.named_parameters().Zip(second.named_parameters())) Assert.True(a.Equals(b), name);
        Assert.False(first.named_parameters().First().parameter.Equals(third.named_parameters().First().parameter));
    }

    [Fact]
    public void Constructor_SmallWidth_SpreadsWeightsByOneOverRootWidth()
    {
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny with { Width = 96, VocabularySize = 500 });

        Assert.Equal(1 / Math.Sqrt(96), model.named_parameters().First(p => p.name == "tokenEmbedding.weight").parameter.std().ToDouble(), 0.003);
    }

    [Fact]
    public void Clone_ChangedCopy_LeavesTheOriginal()
    {
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny, seed: 3);
        var tokens = tensor(new long[] { 1, 2 }).unsqueeze(0);
        var before = model.forward(tokens);
        using var copy = model.Clone();
        Assert.True(Torch.LargestDifference(before, copy.Logits(copy.Hidden(tokens))) == 0);

        using (no_grad()) copy.Module.parameters().First().mul_(2);

        Assert.True(Torch.LargestDifference(before, model.forward(tokens)) == 0);
    }

    [Fact]
    public void Hidden_LongerThanTheContext_Throws()
    {
        using var scope = NewDisposeScope();
        using var model = new Gpt2Model(Tiny);

        Assert.Contains("1..8", Assert.Throws<ArgumentException>(() => model.Hidden(zeros(1, 9, int64))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_ManyTimesInAScope_KeepsTheCountOfLiveTensors()
    {
        using var model = new Gpt2Model(Tiny);
        Step(model);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < 20; i++) Step(model);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void Step(Gpt2Model model)
    {
        using var scope = NewDisposeScope();
        model.forward(zeros(2, 5, int64)).sum().backward();
        foreach (var parameter in model.parameters()) parameter.grad?.zero_();
    }

    private static void MakeNormsAndBiasesUneven(Gpt2Model model)
    {
        using var _ = no_grad();
        var generator = new Generator(9);
        foreach (var (name, parameter) in model.named_parameters())
            if (parameter.dim() == 1) parameter.add_(randn(parameter.shape, generator: generator) * 0.3);
    }
}
