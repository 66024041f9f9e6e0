using Rlhf.Campaigns;
using Rlhf.Labeling;

namespace Rlhf.Core.Tests.Campaigns;

public sealed class PauseClockTests
{
    private static readonly DateTimeOffset start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly Campaign active = new(new CampaignSettings { Id = CampaignId.From("demo"), Title = "Demo", Generators = [], BatchDeadline = TimeSpan.FromHours(10) }, CampaignState.Active, start);

    [Fact]
    public void Deadline_PausedBeforeAndAfterItWasOpened_MovesByThePausesAfterwards()
    {
        var campaign = Resume(Pause(active, hour: 1), hour: 3);
        var batch = PauseClock.Open(new(BatchId.From("b"), campaign.Id, 1, ComparisonKind.Ordinary, BatchState.Open, [], new(), start), campaign, start.AddHours(4));

        Assert.Equal(start.AddHours(14), PauseClock.DeadlineOf(batch, campaign, start.AddHours(5)));
        var paused = Pause(campaign, hour: 6);
        Assert.Equal(start.AddHours(16), PauseClock.DeadlineOf(batch, paused, start.AddHours(8)));
        var resumed = Resume(paused, hour: 9);
        Assert.Equal((start.AddHours(17), null), (PauseClock.DeadlineOf(batch, resumed, start.AddHours(100)), resumed.PausedAt));
    }

    [Fact]
    public void Keep_PausedAgainWhilePaused_CountsFromTheFirst() => Assert.Equal(TimeSpan.FromHours(4), Resume(Pause(Pause(active, hour: 1), hour: 2), hour: 5).PausedFor);

    [Fact]
    public void Open_Again_StaysAsItWas()
    {
        var batch = PauseClock.Open(new(BatchId.From("b"), active.Id, 1, ComparisonKind.Ordinary, BatchState.Open, [], new(), start), active, start);

        Assert.Equal(batch, PauseClock.Open(batch, active, start.AddHours(1)));
    }

    private static Campaign Pause(Campaign campaign, int hour) => PauseClock.Keep(campaign, campaign with { State = CampaignState.Paused }, start.AddHours(hour));

    private static Campaign Resume(Campaign campaign, int hour) => PauseClock.Keep(campaign, campaign with { State = CampaignState.Active }, start.AddHours(hour));
}
