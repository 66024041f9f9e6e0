using System.Globalization;

namespace Rlhf.Trainer.MakeModel;

/// <summary>Options of a command as <c>--name value</c> pairs.</summary>
public sealed class CommandOptions
{
    private readonly Dictionary<string, string> values = [];

    /// <param name="known">Names without hyphens.</param>
    /// <exception cref="RlhfException"><c>unknown-option</c>: an option is not known or has no value.</exception>
    public CommandOptions(string[] arguments, params string[] known)
    {
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var name = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : "";
            if (!known.Contains(name) || i + 1 == arguments.Length)
                throw new RlhfException("unknown-option", $"'{string.Join(' ', arguments[i..])}' is not understood.", $"Write {string.Join(", ", known.Select(k => $"--{k} <value>"))}.");
            values[name] = arguments[i + 1];
        }
    }

    public string Text(string name, string otherwise) => values.GetValueOrDefault(name, otherwise);

    /// <exception cref="RlhfException"><c>unknown-option</c>: not a whole number above 0.</exception>
    public int Number(string name, int otherwise)
    {
        if (!values.TryGetValue(name, out var text)) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new RlhfException("unknown-option", $"--{name} is '{text}'.", "Write a whole number above 0.");
    }
}
