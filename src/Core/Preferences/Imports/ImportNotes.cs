namespace Rlhf.Preferences.Imports;

/// <summary>Counts what was not kept; of very many different things the first.</summary>
internal sealed class ImportNotes
{
    private const int Most = 40;

    private readonly Dictionary<string, int> counts = [];

    public IReadOnlyDictionary<string, int> Counts => counts;

    public void Add(IEnumerable<string> notes)
    {
        foreach (var note in notes)
            if (counts.Count < Most || counts.ContainsKey(note)) counts[note] = counts.GetValueOrDefault(note) + 1;
    }
}
