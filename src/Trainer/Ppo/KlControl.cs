namespace Rlhf.Trainer.Ppo;

/// <summary>Decides the coefficient β of the KL penalty, step by step.</summary>
public interface IKlControl
{
    double Coefficient { get; }

    /// <param name="kl">Nats a sequence, over this step's answers.</param>
    /// <param name="answers">How many there were.</param>
    void Update(double kl, int answers);
}

public static class KlControl
{
    /// <param name="target">Nats a sequence to steer to; null keeps the coefficient.</param>
    public static IKlControl Create(double coefficient, double? target) =>
        target is { } value ? new AdaptiveKl(coefficient, value) : new FixedKl(coefficient);
}

public sealed class FixedKl(double coefficient) : IKlControl
{
    public double Coefficient => coefficient;

    public void Update(double kl, int answers)
    {
    }
}

/// <summary>Proportional control in log space (Ziegler et al. 2019, section 2.2): β grows where the KL is above the target, by at most 20% of answers / horizon a step.</summary>
public sealed class AdaptiveKl(double coefficient, double target) : IKlControl
{
    /// <summary>Answers over which β can change by about 20%: Ziegler's 10,000 for two million answers, as much shorter as our runs are.</summary>
    private const double Horizon = 640;

    private const double ErrorBound = 0.2;

    public double Coefficient { get; private set; } = coefficient;

    public void Update(double kl, int answers) =>
        Coefficient *= 1 + (Math.Clamp((kl / target) - 1, -ErrorBound, ErrorBound) * answers / Horizon);
}
