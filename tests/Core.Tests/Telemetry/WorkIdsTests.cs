using Microsoft.AspNetCore.Routing;
using Rlhf.Judging;
using Rlhf.Orchestrations;
using Rlhf.Telemetry;
using Rlhf.Training;

namespace Rlhf.Core.Tests.Telemetry;

public sealed class WorkIdsTests
{
    [Theory]
    [InlineData("support", "campaign=support")]
    [InlineData("support-r1-b00012", "campaign=support batch=support-r1-b00012")]
    [InlineData("support-run3", "campaign=support run=support-run3")]
    [InlineData("support-run3-evaluate", "campaign=support run=support-run3")]
    [InlineData("support-run3-test", "campaign=support batch=support-run3-test run=support-run3")]
    [InlineData("support-run3:0a1b2c3d:4", "campaign=support run=support-run3")]
    [InlineData("@Name with spaces", "")]
    public void OfInstance_Id_SaysWhatItIsCalledAfter(string instance, string ids) => Assert.Equal(ids, WorkIds.OfInstance(instance).ToString());

    [Fact]
    public void OfInstance_IdsThatThePipelineMakes_AreUnderstood()
    {
        var campaign = CampaignId.From("kettles-r2-d2");
        var run = RunStore.IdFor(campaign, 12);

        Assert.Equal(campaign, WorkIds.OfInstance(BatchId.For(campaign, 3, 123_456).Value).Campaign);
        Assert.Equal(run, WorkIds.OfInstance(run.Value).Run);
        Assert.Equal(campaign, WorkIds.OfInstance(run.Value).Campaign);
        Assert.Equal(run, WorkIds.OfInstance(PeopleJudge.BatchOf(run).Value).Run);
    }

    [Fact]
    public void OfStep_Input_KnowsBetterThanTheInstance()
    {
        var input = new GenerateAnswersInput(CampaignId.From("own-run1"), BatchId.From("own-run1-r1-b00001"), 0);

        var ids = WorkIds.OfStep("own-run1-r1-b00001", input);

        Assert.Equal("campaign=own-run1 batch=own-run1-r1-b00001", ids.ToString());
        Assert.Equal("campaign=a", WorkIds.OfStep("a", CampaignId.From("a")).ToString());
    }

    [Fact]
    public void OfRoute_Values_TakesIdsOnlyAndNeverWho()
    {
        var route = new RouteValueDictionary { ["campaign"] = "support", ["comparison"] = "c1", ["annotator"] = "jane-doe" };
        Assert.Equal("campaign=support comparison=c1", WorkIds.OfRoute(route).ToString());

        Assert.Equal("campaign=support run=support-run1", WorkIds.OfRoute(new() { ["run"] = "support-run1" }).ToString());
        Assert.Equal("", WorkIds.OfRoute(new() { ["campaign"] = "NOT an id\nforged line" }).ToString());
    }
}
