using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Preferences.Imports;

/// <summary>What whoever imports a file says about it. Table <c>ingests</c>, row <c>asked~…</c>, while it waits in the inbox.</summary>
/// <param name="Name">The file's own name.</param>
/// <param name="Format">Null: recognised by what is in it.</param>
/// <param name="Kind">Who ranked, where the file does not say: in none of the formats but ours does it.</param>
/// <param name="Split">Where the file does not say and all of it is one.</param>
public sealed record ImportOptions(string Name, string? Format = null, AnnotatorKind? Kind = null, Split? Split = null)
{
    /// <summary>What is left out, as the file's name has it: <c>hh.person.jsonl</c> was ranked by people, and <c>train-00000.parquet</c> or <c>test.jsonl</c> is one split, as on Hugging Face.</summary>
    public ImportOptions WithName()
    {
        var parts = Name.ToLowerInvariant().Split('.');
        return this with { Kind = Kind ?? parts.Skip(1).SkipLast(1).Select(KindOf).FirstOrDefault(k => k is not null), Split = Split ?? SplitOf(parts[0]) };
    }

    private static AnnotatorKind? KindOf(string part) => part.Length > 0 && char.IsAsciiLetter(part[0]) && Enum.TryParse<AnnotatorKind>(part, ignoreCase: true, out var kind) ? kind : null;

    private static Split? SplitOf(string stem) => stem.Split('-', '_')[0] switch
    {
        "train" => Prompts.Split.Train,
        "validation" or "valid" or "dev" => Prompts.Split.Validation,
        "test" => Prompts.Split.Test,
        _ => null,
    };
}
