using System.Globalization;

namespace Rlhf.Prompts.Unicode;

/// <summary>Combining classes, canonical decompositions and the pairs that compose again; read once from the embedded <c>canonical.txt</c>.</summary>
internal sealed class CanonicalTable
{
    private readonly Dictionary<int, int> classes = [];
    private readonly Dictionary<int, (int First, int Second)> decompositions = [];
    private readonly Dictionary<(int First, int Second), int> compositions = [];

    private CanonicalTable(TextReader lines)
    {
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            Add(line.Split(';'));
        }
    }

    public static CanonicalTable Shared { get; } = Load();

    /// <summary>A single decomposes to (it, 0).</summary>
    public IReadOnlyDictionary<int, (int First, int Second)> Decompositions => decompositions;

    public IReadOnlyDictionary<(int First, int Second), int> Compositions => compositions;

    public int ClassOf(int point) => classes.GetValueOrDefault(point);

    private static CanonicalTable Load()
    {
        using var stream = typeof(CanonicalTable).Assembly.GetManifestResourceStream("Rlhf.Prompts.Unicode.canonical.txt")!;
        using var reader = new StreamReader(stream);
        return new(reader);
    }

    private void Add(string[] fields)
    {
        var point = Hex(fields[0]);
        var combiningClass = int.Parse(fields[1], CultureInfo.InvariantCulture);
        if (combiningClass != 0) classes[point] = combiningClass;
        if (fields[2].Length == 0) return;
        var parts = fields[2].Split(' ');
        var pair = (Hex(parts[0]), parts.Length > 1 ? Hex(parts[1]) : 0);
        decompositions[point] = pair;
        if (fields[3] == "c") compositions[pair] = point;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
