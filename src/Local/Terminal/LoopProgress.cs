namespace Rlhf.Local.Terminal;

/// <summary>What is going on right now.</summary>
/// <param name="Step">Key of the step; <see cref="LoopSteps"/> has its place and title.</param>
/// <param name="Fraction">0..1 of this step.</param>
/// <param name="Count">E.g. <c>564/1200</c>.</param>
/// <param name="Metric">The one that matters now.</param>
public sealed record LoopProgress(LoopStep Step, double Fraction, string Count, string Metric)
{
    /// <summary>A step that is over; count and metric stay what they were.</summary>
    public static LoopProgress Done(LoopStep step) => new(step, 1, "", "");

    public LoopProgress After(LoopProgress? earlier) =>
        earlier is null ? this : this with { Count = Count.Length > 0 ? Count : earlier.Count, Metric = Metric.Length > 0 ? Metric : earlier.Metric };
}

public enum LoopStep { Prompts, Answers, Rankings, Trainer, Reward, Ppo, Export, Judging }

public static class LoopSteps
{
    public static string TitleOf(LoopStep step) => step switch
    {
        LoopStep.Prompts => "prompts",
        LoopStep.Answers => "answers",
        LoopStep.Rankings => "rankings",
        LoopStep.Trainer => "trainer",
        LoopStep.Reward => "reward model",
        LoopStep.Ppo => "policy (PPO)",
        LoopStep.Export => "export",
        LoopStep.Judging => "judging",
        _ => step.ToString(),
    };
}
