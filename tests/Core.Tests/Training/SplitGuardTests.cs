using Rlhf.Prompts;
using Rlhf.Training;

namespace Rlhf.Core.Tests.Training;

public sealed class SplitGuardTests
{
    [Fact]
    public void Check_PromptOrGroupOnTwoSides_IsRefused()
    {
        var guard = new SplitGuard();
        guard.Check(new("p1"), Split.Train, "lamp");
        guard.Check(new("p1"), Split.Train, "lamp");
        guard.Check(new("p2"), Split.Test, "router");
        Assert.Equal("split-leak", Assert.Throws<RlhfException>(() => guard.Check(new("p1"), Split.Test)).Code);
        var group = Assert.Throws<RlhfException>(() => guard.Check(new("p3"), Split.Validation, "router"));
        Assert.Contains("'router' is in test and in validation", group.Message);
    }
}
