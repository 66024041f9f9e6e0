using TorchSharp;
using static TorchSharp.torch;

namespace Rlhf.Trainer.Native;

/// <summary>Where tensors are computed: on the GPU where libtorch finds one, on the processor otherwise.</summary>
public static class TorchDevice
{
    /// <summary>Makes the best device the one that new tensors and models go to. Call once, before any is made.</summary>
    public static void Choose()
    {
        if (cuda.is_available()) set_default_device(CUDA);
    }

    public static bool IsGpu => get_default_device().type == DeviceType.CUDA;

    public static string Name => IsGpu ? $"CUDA ({cuda.device_count()} of it)" : "the processor";
}
