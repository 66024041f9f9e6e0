using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.Extensions.Configuration;

namespace Rlhf.Core.Tests.Settings;

/// <summary>Finds where sources read configuration or the environment, and by what key. A method that reads what it is given is a reader itself, and its callers are looked at.</summary>
internal sealed class SettingReads
{
    private static readonly string[] Readers = ["GetSection", "GetRequiredSection", "GetConnectionString", "GetValue", "GetEnvironmentVariable"];

    // Compiled without its project: what the projects' ImplicitUsings say.
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http;
        global using System.Threading; global using System.Threading.Tasks; global using Rlhf;
        """;

    private readonly HashSet<string> keys = [];
    private readonly List<string> unknown = [];
    private readonly HashSet<(ISymbol Method, int Position)> wrappers = [];
    private readonly CSharpCompilation compilation;
    private readonly Dictionary<SyntaxTree, SemanticModel> models = [];

    private SettingReads(IEnumerable<(string Path, string Text)> sources)
    {
        var trees = sources.Append(("Usings.cs", Usings)).Select(source => CSharpSyntaxTree.ParseText(source.Item2, path: source.Item1));
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(System.IO.Path.PathSeparator);
        compilation = CSharpCompilation.Create("sources", trees, platform.Where(file => !System.IO.Path.GetFileName(file).StartsWith("Rlhf.", StringComparison.Ordinal)).Select(file => MetadataReference.CreateFromFile(file)),
            new(OutputKind.DynamicallyLinkedLibrary));
    }

    /// <summary>The keys that are read by a name that can be told.</summary>
    public IReadOnlySet<string> Keys => keys;

    /// <summary>Reads whose key can't be told: where, and the expression.</summary>
    public IReadOnlyList<string> Unknown => unknown;

    /// <param name="named">Properties that hold a key which somebody else checks: type and name.</param>
    public static SettingReads In(IEnumerable<(string Path, string Text)> sources, params string[] named)
    {
        var reads = new SettingReads(sources);
        reads.Look(named);
        return reads;
    }

    private void Look(string[] named)
    {
        int known;
        do
        {
            known = wrappers.Count;
            keys.Clear();
            unknown.Clear();
            foreach (var tree in compilation.SyntaxTrees) Look(tree, named);
        }
        while (wrappers.Count > known);
    }

    private void Look(SyntaxTree tree, string[] named)
    {
        // What a name is bound to is asked for candidates only: to bind everything takes as long as to compile it.
        var mentions = tree.GetText().ToString().Contains("onfiguration", StringComparison.Ordinal);
        foreach (var node in tree.GetRoot().DescendantNodes())
        {
            var key = node switch
            {
                ElementAccessExpressionSyntax access when mentions && IsConfiguration(SymbolOf(access)) => access.ArgumentList.Arguments[0].Expression,
                ElementBindingExpressionSyntax binding when mentions && IsConfiguration(SymbolOf(binding)) => binding.ArgumentList.Arguments[0].Expression,
                InvocationExpressionSyntax call when MayRead(NameOf(call), mentions) => KeyOf(call, SymbolOf(call) as IMethodSymbol),
                _ => null,
            };
            if (key is not null) Take(key, ModelOf(key), named);
        }
    }

    private bool MayRead(string? name, bool mentions) =>
        name is not null && (name == nameof(Environment.GetEnvironmentVariable) || mentions && Readers.Contains(name) || wrappers.Any(w => w.Method.Name == name));

    private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
        MemberBindingExpressionSyntax member => member.Name.Identifier.Text,
        SimpleNameSyntax simple => simple.Identifier.Text,
        _ => null,
    };

    private SemanticModel ModelOf(SyntaxNode node) =>
        models.TryGetValue(node.SyntaxTree, out var model) ? model : models[node.SyntaxTree] = compilation.GetSemanticModel(node.SyntaxTree);

    private ISymbol? SymbolOf(ExpressionSyntax expression) => ModelOf(expression).GetSymbolInfo(expression).Symbol;

    private ExpressionSyntax? KeyOf(InvocationExpressionSyntax call, IMethodSymbol? method)
    {
        if (method is null) return null;
        var arguments = call.ArgumentList.Arguments;
        if (Readers.Contains(method.Name) && (method.ContainingType.ToDisplayString() == "System.Environment" || method.ContainingNamespace.ToDisplayString() == "Microsoft.Extensions.Configuration"))
            return arguments.FirstOrDefault(argument => argument.Expression is not TypeOfExpressionSyntax)?.Expression;
        var wrapper = wrappers.FirstOrDefault(w => SymbolEqualityComparer.Default.Equals(w.Method, method.OriginalDefinition));
        return wrapper.Method is null ? null : arguments.ElementAtOrDefault(wrapper.Position)?.Expression;
    }

    private void Take(ExpressionSyntax key, SemanticModel model, string[] named)
    {
        if (model.GetConstantValue(key) is { HasValue: true, Value: string text })
        {
            keys.Add(text);
            return;
        }
        switch (key)
        {
            case ParenthesizedExpressionSyntax inner: Take(inner.Expression, model, named); return;
            case ConditionalExpressionSyntax choice: Take(choice.WhenTrue, model, named); Take(choice.WhenFalse, model, named); return;
            case ConditionalAccessExpressionSyntax access: Take(access.WhenNotNull, model, named); return;
        }
        switch (model.GetSymbolInfo(key).Symbol)
        {
            case ILocalSymbol local when local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } value }: Take(value, model, named); return;
            case IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary } method } parameter: wrappers.Add((method.OriginalDefinition, parameter.Ordinal)); return;
            // The literals of AppSettings' own methods stand there, beside the others.
            case IMethodSymbol method when method.ContainingType.ToDisplayString() == typeof(AppSettings).FullName: return;
            case IPropertySymbol property when named.Contains($"{property.ContainingType.Name}.{property.Name}"): return;
        }
        var line = key.GetLocation().GetLineSpan();
        unknown.Add($"{System.IO.Path.GetFileName(line.Path)}({line.StartLinePosition.Line + 1}): {key}");
    }

    private static bool IsConfiguration(ISymbol? symbol) =>
        symbol is IPropertySymbol { IsIndexer: true } && symbol.ContainingType is { } type && type.AllInterfaces.Append(type).Any(each => each.ToDisplayString() == typeof(IConfiguration).FullName);
}
