using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Rlhf.Campaigns;
using Rlhf.Labeling.Invites;
using Rlhf.Labeling.Serving;

namespace Rlhf.Labeling.Checks;

/// <summary>What comes before an ordinary task.</summary>
/// <param name="Task">A check to be served; null where <paramref name="Refusal"/> says why nothing is.</param>
/// <param name="Change">What it changes about the annotator, beside holding it.</param>
public sealed record Drawn(TaskKey? Task, string? Refusal = null, Func<AnnotatorState, AnnotatorState>? Change = null);

/// <summary>Draws checks: practice before the first task, then gold and repeats among the others, at random and the same again for the same place in an annotator's work.</summary>
public sealed class CheckDraw(GoldStore gold, RepeatStore repeats, RankingStore rankings, Practice practice)
{
    /// <summary>Null where an ordinary task is due.</summary>
    public async Task<Drawn?> DrawAsync(Campaign campaign, Invite invite, AnnotatorState state, CancellationToken cancellation = default)
    {
        if (await practice.DrawAsync(campaign, invite, state, cancellation) is { } first) return first;
        var place = $"{campaign.Id}\n{invite.Annotator}\n{state.Judged + state.Held.Count}";
        var (share, checks) = (Uniform(place), campaign.Settings.Checks);
        if (share < checks.GoldShare && await DrawGoldAsync(campaign.Id, invite.Annotator, state, place, cancellation) is { } known) return new(known);
        if (share >= checks.GoldShare + checks.RepeatShare || share < checks.GoldShare || state.Repeatable.Count == 0) return null;
        var of = state.Repeatable[(int)(Uniform(place + "\nwhich") * state.Repeatable.Count)];
        var again = await repeats.MakeAsync(campaign.Id, invite.Annotator, invite.Kind, of, cancellation);
        return new(again, Change: s => s with { Repeatable = [.. s.Repeatable.Where(t => t != of)] });
    }

    private async Task<TaskKey?> DrawGoldAsync(CampaignId campaign, AnnotatorId annotator, AnnotatorState state, string place, CancellationToken cancellation)
    {
        var left = (await gold.ListRecentAsync(campaign, cancellation)).Where(g => !g.IsPractice && !state.GoldJudged.Contains(g.Comparison) && state.Held.All(h => h.Task.Comparison != g.Comparison));
        foreach (var item in left.OrderBy(g => Uniform($"{place}\n{g.Comparison}")).Take(3))
        {
            // Whoever was part of a consensus has seen the answers.
            if (item.From is { } from && await rankings.FindAsync(from.Batch, from.Comparison, annotator, cancellation) is not null) continue;
            return item.Task;
        }
        return null;
    }

    /// <summary>In [0, 1).</summary>
    private static double Uniform(string text) => (BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) >> 11) / (double)(1UL << 53);
}
