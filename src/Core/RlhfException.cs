namespace Rlhf;

/// <summary>An error that a person can act on: what is wrong (naming the thing) and the way out.</summary>
/// <param name="code">Stable, kebab-case, e.g. <c>overlap-above-annotators</c>; the problem type in HTTP answers.</param>
/// <param name="message">What is wrong, with the actual value in it.</param>
/// <param name="remedy">What to do about it, as an instruction.</param>
/// <param name="httpStatus">The status an HTTP answer carries.</param>
public class RlhfException(string code, string message, string remedy, int httpStatus = 400, Exception? inner = null)
    : Exception(message, inner)
{
    public string Code { get; } = code;

    public string Remedy { get; } = remedy;

    public int HttpStatus { get; } = httpStatus;

    /// <summary>Which member of the request it is about, e.g. <c>sharing.share</c>; null where it is about no single one.</summary>
    public string? Field { get; init; }

    /// <summary>Whether trying the same thing again may help; a retry policy looks here.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long whoever refused asked to be left alone; null where nothing was said.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
