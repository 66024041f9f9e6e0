namespace Rlhf.Infra.Tests.Deployments;

/// <summary>Reads what is left of an ARM expression where a value is known to Azure only: enough of the language to take an object apart.</summary>
internal sealed class ArmExpression
{
    private readonly string text;
    private int at;

    private ArmExpression(string text) => this.text = text;

    /// <summary>The entries of an object built by <c>createObject</c>, <c>union</c> and <c>shallowMerge</c>: a literal as it is, anything else as its expression.</summary>
    public static IReadOnlyDictionary<string, string> ReadObject(string expression)
    {
        if (!expression.StartsWith('[') || !expression.EndsWith(']')) throw new FormatException($"Not an expression: {expression}");
        return ToObject(new ArmExpression(expression[1..^1]).Read());
    }

    private static Dictionary<string, string> ToObject(Node node)
    {
        var entries = new Dictionary<string, string>();
        switch (node.Function)
        {
            case "createObject":
                for (var i = 0; i < node.Arguments.Count; i += 2) entries[node.Arguments[i].Literal!] = node.Arguments[i + 1].Literal ?? node.Arguments[i + 1].Text;
                return entries;
            case "union" or "shallowMerge":
                foreach (var (name, value) in node.Arguments.SelectMany(ToObject)) entries[name] = value;
                return entries;
            default:
                throw new FormatException($"Which entries this has is only known in Azure: {node.Text}");
        }
    }

    private Node Read()
    {
        SkipSpace();
        var start = at;
        if (text[at] == '\'') return new(null, [], ReadLiteral(), text[start..at]);
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '-')) at++;
        var name = text[start..at];
        List<Node> arguments = [];
        if (at < text.Length && text[at] == '(') arguments = ReadArguments();
        var plain = at;
        SkipAccess();
        return new(at == plain ? name : "", arguments, null, text[start..at]);
    }

    private List<Node> ReadArguments()
    {
        var arguments = new List<Node>();
        at++;
        for (SkipSpace(); text[at] != ')'; SkipSpace())
        {
            if (text[at] == ',') at++;
            else arguments.Add(Read());
        }
        at++;
        return arguments;
    }

    // What follows a value: .name and [index].
    private void SkipAccess()
    {
        while (at < text.Length && text[at] is '.' or '[')
        {
            if (text[at++] == '[')
            {
                Read();
                at++;
            }
            else
            {
                while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_')) at++;
            }
        }
    }

    private string ReadLiteral()
    {
        var literal = new System.Text.StringBuilder();
        for (at++; ; at++)
        {
            if (text[at] == '\'')
            {
                if (at + 1 >= text.Length || text[at + 1] != '\'') break;
                at++;
            }
            literal.Append(text[at]);
        }
        at++;
        return literal.ToString();
    }

    private void SkipSpace()
    {
        while (at < text.Length && text[at] == ' ') at++;
    }

    private sealed record Node(string? Function, List<Node> Arguments, string? Literal, string Text);
}
