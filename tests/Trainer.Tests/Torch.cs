using System.Runtime.CompilerServices;
using Rlhf.Trainer.Native;
using TorchSharp;

// Every test uses both cores through libtorch: side by side they only slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Rlhf.Trainer.Tests;

internal static class Torch
{
    [ModuleInitializer]
    internal static void Load()
    {
        TorchNatives.Prepare(_ => { });
        torch.set_num_threads(2);
    }

    public static float[] Values(torch.Tensor tensor) =>
        tensor.numel() == 0 ? [] : tensor.detach().to_type(torch.ScalarType.Float32).contiguous().data<float>().ToArray();

    public static double LargestDifference(torch.Tensor first, torch.Tensor second) => (first - second).abs().max().ToDouble();
}
