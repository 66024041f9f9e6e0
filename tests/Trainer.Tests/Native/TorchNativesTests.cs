using System.Diagnostics;
using Rlhf.Trainer.Native;

namespace Rlhf.Trainer.Tests.Native;

public sealed class TorchNativesTests
{
    [Fact]
    public void Mark_RequiredVersion_ChangesItsFlagAndNothingElse()
    {
        var (library, marked) = (ElfSample.Library(), ElfSample.Library());

        Assert.True(WeakVersion.Mark(marked, "GLIBCXX_3.4.32"));

        library[ElfSample.SecondFlags] = 2;
        Assert.Equal(library, marked);
    }

    [Fact]
    public void Mark_WeakAlreadyOrNotRequired_ChangesNothing()
    {
        var library = ElfSample.Library();
        WeakVersion.Mark(library, "GLIBCXX_3.4.32");
        byte[] before = [.. library];

        Assert.False(WeakVersion.Mark(library, "GLIBCXX_3.4.32"));
        Assert.False(WeakVersion.Mark(library, "GLIBCXX_3.4.99"));
        Assert.Equal(before, library);
    }

    [Fact]
    public void Mark_FileCutOffAnywhere_IsRefusedByItsOwnType()
    {
        var library = ElfSample.Library();
        for (var length = 0; length < library.Length - 16; length++)
            Assert.Throws<InvalidDataException>(() => WeakVersion.Mark(library.AsSpan(0, length).ToArray(), "GLIBCXX_3.4.32"));
    }

    [Fact]
    public void Prepare_HardLinkedLibrary_LeavesTheOtherLinkAsItWas()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["cache.so"], ElfSample.Library());
        File.SetLastWriteTimeUtc(folder["cache.so"], new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        Run("ln", folder["cache.so"], folder["output.so"]);
        var log = new List<string>();

        TorchNatives.Prepare(folder["output.so"], log.Add);
        TorchNatives.Prepare(folder["output.so"], log.Add);

        Assert.Equal(ElfSample.Library(), File.ReadAllBytes(folder["cache.so"]));
        Assert.Equal(2, File.ReadAllBytes(folder["output.so"])[ElfSample.SecondFlags]);
        Assert.Equal(File.GetLastWriteTimeUtc(folder["cache.so"]), File.GetLastWriteTimeUtc(folder["output.so"]));
        Assert.Contains("GLIBCXX_3.4.32", Assert.Single(log), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void Prepare_DamagedLibrary_SaysWhichAndWhatToDo()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["output.so"], "no library at all");

        var refused = Assert.Throws<RlhfException>(() => TorchNatives.Prepare(folder["output.so"], _ => { }));

        Assert.Equal("torch-library", refused.Code);
        Assert.Contains("output.so", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Trainer_StartedWithoutSpinCount_ReplacesItselfWithTheSameArguments()
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "rlhf-trainer.dll"), "make-prompts", "--output", folder["some prompts.jsonl"], "--count", "5"]);
        start.Environment.Remove("GOMP_SPINCOUNT");

        Wait(Process.Start(start)!);

        Assert.Equal(5, File.ReadAllLines(folder["some prompts.jsonl"]).Length);
    }

    private static void Run(string program, params string[] arguments) => Wait(Process.Start(program, arguments));

    private static void Wait(Process process)
    {
        using (process)
        {
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
            Assert.Equal(0, process.ExitCode);
        }
    }
}
