using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>Which stages a job has, and how far it is with them: <c>checkpoints/job.json</c>.</summary>
/// <param name="Done">In order.</param>
/// <param name="Seconds">Computed so far, over all starts.</param>
public sealed record JobProgress(IReadOnlyList<TrainingStage> Done, RunResults Results, double Seconds)
{
    public static JobProgress Begin { get; } = new([], new(), 0);

    public JobProgress With(TrainingStage stage, RunResults results, double seconds) => new([.. Done, stage], results, seconds);
}

public static class JobStages
{
    /// <summary>Stages that make a new policy; after the last of them it is published, whether or not <c>export</c> was asked for.</summary>
    private static readonly TrainingStage[] MakePolicy = [TrainingStage.Sft, TrainingStage.Ppo, TrainingStage.Dpo];

    /// <summary>The stages in the order they run: as asked for, then <c>export</c> and <c>generate</c>.</summary>
    public static IReadOnlyList<TrainingStage> Of(TrainingJob job)
    {
        var stages = job.Stages.Where(stage => stage is not (TrainingStage.Export or TrainingStage.Generate)).ToList();
        if (stages.Any(MakePolicy.Contains) || job.Stages.Contains(TrainingStage.Export)) stages.Add(TrainingStage.Export);
        if (job.Stages.Contains(TrainingStage.Generate)) stages.Add(TrainingStage.Generate);
        return stages;
    }

    /// <summary>Share of the job's time that a stage takes, roughly, for the progress bar.</summary>
    private static double Weight(TrainingStage stage) => stage switch
    {
        TrainingStage.Ppo => 6,
        TrainingStage.Reward or TrainingStage.Sft or TrainingStage.Dpo => 2,
        _ => 0.3,
    };

    /// <param name="within">0..1 of the stage.</param>
    /// <returns>0..1 of the job.</returns>
    public static double Overall(IReadOnlyList<TrainingStage> stages, TrainingStage stage, double within)
    {
        var before = stages.TakeWhile(earlier => earlier != stage).Sum(Weight);
        return (before + (within * Weight(stage))) / stages.Sum(Weight);
    }
}
