namespace Rlhf.Local.Checks;

/// <summary>One thing looked at before anything starts, told in a sentence.</summary>
/// <param name="Problem">Null where it is well; then what to do is in <paramref name="Remedy"/>.</param>
public sealed record Check(string Name, string Found, string? Problem = null, string? Remedy = null)
{
    public bool IsWell => Problem is null;
}
