namespace Rlhf.Trainer.Optimization;

/// <summary>Learning rates over a run.</summary>
public static class LearningRate
{
    /// <summary>Rises linearly over the first <paramref name="warmUp"/> steps, then falls linearly to <paramref name="floor"/> of the peak at the last step.</summary>
    /// <param name="step">0-based.</param>
    public static double Linear(double peak, int step, int steps, int warmUp = 0, double floor = 0.1)
    {
        if (step < warmUp) return peak * (step + 1) / (warmUp + 1);
        var done = steps - warmUp <= 1 ? 0 : (double)(step - warmUp) / (steps - warmUp - 1);
        return peak * (1 - ((1 - floor) * Math.Min(1, done)));
    }

    /// <summary>Rises linearly over the first <paramref name="warmUp"/> steps, then falls along half a cosine to <paramref name="floor"/> of the peak at the last step.</summary>
    /// <param name="step">0-based.</param>
    public static double Cosine(double peak, int step, int steps, int warmUp = 0, double floor = 0.05)
    {
        if (step < warmUp) return peak * (step + 1) / (warmUp + 1);
        var done = steps - warmUp <= 1 ? 0 : Math.Min(1, (double)(step - warmUp) / (steps - warmUp - 1));
        return peak * (floor + ((1 - floor) * 0.5 * (1 + Math.Cos(Math.PI * done))));
    }
}
