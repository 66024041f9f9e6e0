using System.Runtime.InteropServices;

namespace Rlhf.Trainer.Native;

/// <summary>Makes TorchSharp's native library loadable on systems whose libstdc++ is older than the one it was built with (Debian 12: GLIBCXX_3.4.30).</summary>
/// <remarks>It wants GLIBCXX_3.4.32 for one symbol, <see cref="OnlySymbol"/>, to which it has no relocation; without it the loader refuses the library and TorchSharp
/// reports a missing libtorch reference. Marking that one version weak is enough. Newer systems need nothing and get nothing.</remarks>
public static class TorchNatives
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string OnlySymbol = "_ZSt21ios_base_library_initv";

    /// <summary>Call before the first use of TorchSharp. Changes only this program's own output folder, and only where it has to.</summary>
    /// <param name="log">Gets one line where a library was changed.</param>
    /// <exception cref="RlhfException"><c>torch-library</c>: the output folder can't be written, or the library in it is damaged.</exception>
    public static void Prepare(Action<string> log)
    {
        if (!OperatingSystem.IsLinux() || SystemHasVersion()) return;
        foreach (var path in Candidates().Where(File.Exists)) Prepare(path, log);
    }

    /// <summary>Patches one library file by temporary file and rename: the file may be a hard link into the package cache, whose copy must stay as it is.</summary>
    public static void Prepare(string path, Action<string> log)
    {
        try
        {
            var library = File.ReadAllBytes(path);
            if (!WeakVersion.Mark(library, Version)) return;
            var temporary = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}";
            File.WriteAllBytes(temporary, library);
            // An incremental build compares times and would put the original back at every build.
            File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(path));
            File.Move(temporary, path, overwrite: true);
            log($"{path}: requirement {Version} marked weak, since this system's libstdc++ is older and nothing uses it.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RlhfException("torch-library", $"{path} can't be made loadable on this system: {failure.Message}",
                $"Make that folder writable or restore the packages again, or use a system whose libstdc++ has {Version} (Ubuntu 24.04, Debian 13).",
                inner: failure);
        }
    }

    private static bool SystemHasVersion() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out var library) && NativeLibrary.TryGetExport(library, OnlySymbol, out _);

    private static IEnumerable<string> Candidates()
    {
        const string file = "libLibTorchSharp.so";
        yield return Path.Combine(AppContext.BaseDirectory, file);
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", file);
    }
}
