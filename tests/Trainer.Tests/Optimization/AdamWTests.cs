using Rlhf.Trainer.Optimization;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Tests.Optimization;

public class AdamWTests
{
    [Fact]
    public void Apply_SomeSteps_MovesAsTorchsOwnAdamW()
    {
        using var scope = NewDisposeScope();
        var start = tensor([1f, -2, 3, 0.5f, 2, -1], [2, 3]);
        var (ours, theirs) = (nn.Parameter(start.clone()), nn.Parameter(start.clone()));
        using var optimizer = new AdamW([("w", ours)], beta1: 0.9, beta2: 0.95, weightDecay: 0.1, maximumNorm: double.PositiveInfinity);
        using var reference = optim.AdamW([theirs], lr: 0.05, beta1: 0.9, beta2: 0.95, eps: 1e-8, weight_decay: 0.1);

        for (var step = 0; step < 20; step++)
        {
            (ours - 1).square().sum().backward();
            optimizer.Apply(0.05);
            reference.zero_grad();
            (theirs - 1).square().sum().backward();
            reference.step();
        }

        Assert.True(Torch.LargestDifference(ours, theirs) < 1e-5);
    }

    [Fact]
    public void Apply_LargeGradient_ClipsItsNorm()
    {
        using var scope = NewDisposeScope();
        var (clipped, small) = (nn.Parameter(zeros(2)), nn.Parameter(zeros(2)));
        using var first = new AdamW([("w", clipped)], maximumNorm: 1);
        using var second = new AdamW([("w", small)], maximumNorm: 1);

        (clipped * tensor([300f, 400f])).sum().backward();
        (small * tensor([0.6f, 0.8f])).sum().backward();

        Assert.Equal(500, first.Apply(0.1), 1e-3);
        Assert.Equal(1, second.Apply(0.1), 1e-5);
        Assert.True(Torch.LargestDifference(clipped, small) < 1e-6);
    }

    [Fact]
    public void Linear_OverARun_WarmsUpAndFallsToTheFloor()
    {
        var rates = Enumerable.Range(0, 20).Select(step => LearningRate.Linear(1, step, 20, warmUp: 4)).ToArray();

        Assert.Equal([0.2, 0.4, 0.6, 0.8, 1.0], rates[..5].Select(rate => Math.Round(rate, 9)));
        Assert.Equal(0.1, rates[^1], 1e-9);
        Assert.Equal(rates[4..].OrderDescending(), rates[4..]);
    }
}
