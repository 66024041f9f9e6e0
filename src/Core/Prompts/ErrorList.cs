namespace Rlhf.Prompts;

/// <summary>Counts all bad lines and names the first of them.</summary>
internal sealed class ErrorList
{
    private readonly List<LineError> named = [];

    public int Count { get; private set; }

    public IReadOnlyList<LineError> Named => named;

    public void Add(LineError error)
    {
        Count++;
        if (named.Count < IngestReport.MaximumErrors) named.Add(error);
    }

    public void AddRange(IEnumerable<LineError> errors)
    {
        foreach (var error in errors) Add(error);
    }
}
