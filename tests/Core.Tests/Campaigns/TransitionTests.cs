using Rlhf.Campaigns;
using Rlhf.Training;

namespace Rlhf.Core.Tests.Campaigns;

public sealed class TransitionTests
{
    private static Campaign In(CampaignState state) =>
        new(new() { Id = CampaignId.From("demo"), Title = "Demo", Generators = [] }, state, DateTimeOffset.UnixEpoch, Reason: "before");

    [Theory]
    [InlineData(CampaignState.Active, CampaignOperation.Pause, CampaignState.Paused)]
    [InlineData(CampaignState.Paused, CampaignOperation.Resume, CampaignState.Active)]
    [InlineData(CampaignState.Paused, CampaignOperation.Cancel, CampaignState.Cancelled)]
    [InlineData(CampaignState.Completed, CampaignOperation.AddPrompts, CampaignState.Active)]
    [InlineData(CampaignState.Completed, CampaignOperation.Judge, CampaignState.Active)]
    [InlineData(CampaignState.Active, CampaignOperation.Complete, CampaignState.Completed)]
    public void Apply_LegalMove_MovesAndDropsTheOldReason(CampaignState from, CampaignOperation operation, CampaignState to)
    {
        var moved = CampaignTransitions.Apply(In(from), operation);
        Assert.Equal((to, null), (moved.State, moved.Reason));
        Assert.Equal("why", CampaignTransitions.Apply(In(from), operation, "why").Reason);
    }

    [Theory]
    [InlineData(CampaignState.Cancelled, CampaignOperation.Resume, "active")]
    [InlineData(CampaignState.Cancelled, CampaignOperation.AddPrompts, "active")]
    [InlineData(CampaignState.Cancelled, CampaignOperation.Train, "active")]
    [InlineData(CampaignState.Completed, CampaignOperation.Pause, "paused")]
    [InlineData(CampaignState.Paused, CampaignOperation.Complete, "completed")]
    public void Apply_IllegalMove_SaysFromToAndOperation(CampaignState from, CampaignOperation operation, string to)
    {
        var refused = Assert.Throws<IllegalTransitionException>(() => CampaignTransitions.Apply(In(from), operation));
        Assert.Equal((from.ToString().ToLowerInvariant(), to, operation.ToString().ToLowerInvariant()), (refused.From, refused.To, refused.Operation));
        Assert.Equal(409, refused.HttpStatus);
    }

    [Fact]
    public void EveryOperation_Repeated_StaysWhereItIs()
    {
        foreach (var from in Enum.GetValues<CampaignState>())
            foreach (var operation in Enum.GetValues<CampaignOperation>().Where(o => CampaignTransitions.Allows(from, o)))
            {
                var once = CampaignTransitions.Apply(In(from), operation);
                Assert.Equal(once.State, CampaignTransitions.Apply(once, operation).State);
            }
    }

    [Fact]
    public void Runs_OnceEnded_NeverRunAgain()
    {
        foreach (var ended in new[] { RunState.Succeeded, RunState.Failed, RunState.Cancelled })
            Assert.DoesNotContain(Enum.GetValues<RunOperation>(), o => RunTransitions.Allows(ended, o) && o == RunOperation.Start);
    }

    [Fact]
    public void Batches_OnceEnded_AreNeverOpenedAgain()
    {
        foreach (var ended in new[] { BatchState.Done, BatchState.Cancelled })
            Assert.False(BatchTransitions.Allows(ended, BatchOperation.Publish) || BatchTransitions.Allows(ended, BatchOperation.Generate));
    }
}
