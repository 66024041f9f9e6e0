using Rlhf.Contracts;
using Rlhf.Storage;

namespace Rlhf.Core.Tests.Storage;

public sealed class ScratchTests
{
    [Fact]
    public void RemoveAbandoned_TakesWhatNobodyHoldsAndLeavesTheRest()
    {
        using var root = new TemporaryFolder();
        var (held, left) = (Make(root, "held"), Make(root, "left"));
        using (Scratch.Lock(left)) File.WriteAllText(Path.Combine(left, "weights"), "gigabytes");
        using var owner = Scratch.Lock(held);
        Scratch.RemoveAbandoned(root.Path, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal([held], Directory.GetDirectories(root.Path));
    }

    [Fact]
    public void RemoveAbandoned_FolderJustMade_IsLeftToItsOwner()
    {
        using var root = new TemporaryFolder();
        var young = Make(root, "young");
        Scratch.RemoveAbandoned(root.Path, DateTime.UtcNow.AddMinutes(-1));
        Assert.True(Directory.Exists(young));
    }

    [Fact]
    public void NewFolder_Disposed_IsGoneWithItsFiles()
    {
        var folder = Scratch.NewFolder("test");
        File.WriteAllText(folder.File("a"), "b");
        folder.Dispose();
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public void NewFile_Closed_IsGone()
    {
        string name;
        using (var file = Scratch.NewFile())
        {
            name = file.Name;
            Assert.True(File.Exists(name));
        }
        Assert.False(File.Exists(name));
    }

    [Fact]
    public void NewFolder_OtherUsersOfTheMachine_CantLookIn()
    {
        using var folder = Scratch.NewFolder("test");
        var own = Path.GetDirectoryName(folder.Path)!;
        Assert.Contains(Environment.UserName, Path.GetDirectoryName(own)!, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own));
    }

    private static string Make(TemporaryFolder root, string name) => Directory.CreateDirectory(root.File(name)).FullName;
}
