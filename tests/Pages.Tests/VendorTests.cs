using System.Security.Cryptography;
using Rlhf.Contracts;

namespace Rlhf.Pages.Tests;

public sealed class VendorTests
{
    private static readonly string Folder = Repository.File("src", "Core", "Web", "Pages", "vendor");

    [Fact]
    public void EveryScript_StandsInTheNoticeWithItsLicenceAndHash()
    {
        var notice = File.ReadAllText(Path.Combine(Folder, "NOTICE.md"));
        var scripts = Directory.GetFiles(Folder, "*.js", SearchOption.AllDirectories);
        Assert.NotEmpty(scripts);
        Assert.All(scripts, script =>
        {
            Assert.Contains(Path.GetRelativePath(Folder, script).Replace('\\', '/'), notice, StringComparison.Ordinal);
            Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(script))), notice, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(script)!, "LICENSE")));
        });
    }
}
