namespace Rlhf.Generation.Jobs;

/// <summary>A job is writing the answers; ask the same again later. Transient, so that who knows nothing of it tries again.</summary>
public sealed class AnswersPendingException : RlhfException
{
    /// <param name="job">The job's id; its files are below <c>runs/&lt;id&gt;/</c>.</param>
    /// <param name="what">E.g. <c>25 answers of 'models/large'</c>.</param>
    public AnswersPendingException(RunId job, string what)
        : base("answers-pending", $"The job '{job}' is writing {what}.", "Ask again later: nothing is lost, and nothing is asked twice.", 503) => IsTransient = true;
}
