using System.Runtime.InteropServices;

namespace Rlhf.Trainer.Native;

/// <summary>Keeps libgomp's threads from spinning while they wait: two trainers on the same cores otherwise fall to a fifth of their speed.</summary>
/// <remarks>libgomp reads its environment when it is loaded, and a variable set by .NET never reaches native code, so a process that was started without
/// the setting replaces itself (same process id, same arguments) by one that has it.</remarks>
public static partial class OpenMp
{
    private const string Variable = "GOMP_SPINCOUNT";
    private const string SpinCount = "1000";

    /// <summary>Call first thing in Main. Returns where nothing had to be done or the system won't do it; the setting is about speed only.</summary>
    public static void EnsureSpinCount()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Variable) is not null) return;
        if (Environment.ProcessPath is not { } program || SetVariable(Variable, SpinCount, 1) != 0) return;
        var arguments = File.ReadAllText("/proc/self/cmdline").Split('\0')[..^1];
        _ = Execute(program, [.. arguments, null]);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    /// <summary>execv: returns only on failure.</summary>
    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
