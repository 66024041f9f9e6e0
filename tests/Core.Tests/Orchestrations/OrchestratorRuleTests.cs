using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Rlhf.Contracts;

namespace Rlhf.Core.Tests.Orchestrations;

/// <summary>The rule that orchestrators touch nothing but their context, as the build applies it: its analyzer, BannedSymbols.txt and .editorconfig.</summary>
public sealed class OrchestratorRuleTests
{
    private static readonly string AnalyzerFolder = typeof(OrchestratorRuleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "BannedApiAnalyzers").Value!;

    private static readonly string[] Forbidden =
    [
        "DateTime.Now",
        "DateTime.UtcNow",
        "DateTimeOffset.UtcNow",
        "TimeProvider.System.GetUtcNow()",
        "Guid.NewGuid()",
        "new Random(1).Next()",
        "Random.Shared.Next()",
        "Task.Run(() => 1)",
        "Task.Delay(1)",
        "Task.Delay(TimeSpan.Zero)",
        "Task.FromResult(1).ConfigureAwait(false)",
        "Task.CompletedTask.ConfigureAwait(false)",
        "Task.FromResult(1).Result",
        "System.Threading.Thread.CurrentThread",
        "Environment.MachineName",
        "System.Diagnostics.Stopwatch.StartNew()",
        "System.IO.File.Exists(\"x\")",
        "new System.Net.Http.HttpClient()",
        "new CancellationTokenSource(TimeSpan.FromSeconds(1))",
    ];

    private static readonly string[] Allowed = ["Task.WhenAll(Task.FromResult(1))", "TimeSpan.FromMinutes(1)", "new CancellationTokenSource()"];

    [Fact]
    public async Task InAnOrchestrator_WhatIsForbiddenIsAnErrorOnItsLine()
    {
        var errors = await CompileAsync([.. Forbidden, .. Allowed], "src/Core/Orchestrations/Sample.Orchestrator.cs");
        Assert.All(errors, e => Assert.Equal(("RS0030", DiagnosticSeverity.Error), (e.Id, e.Severity)));
        Assert.Equal(Forbidden, errors.Select(e => e.Location.GetLineSpan().StartLinePosition.Line).Distinct().Order().Select(line => Forbidden.ElementAtOrDefault(line)));
    }

    [Fact]
    public async Task Elsewhere_NothingIsForbidden() => Assert.Empty(await CompileAsync(Forbidden, "src/Core/Orchestrations/Sample.cs"));

    [Fact]
    public void EveryProjectWithOrchestrators_HasTheRule()
    {
        var projects = Directory.EnumerateFiles(Repository.Root, "*.Orchestrator.cs", SearchOption.AllDirectories).Select(ProjectOf).Distinct().ToList();
        Assert.NotEmpty(projects);
        Assert.All(projects, p => Assert.Contains("BannedSymbols.txt", File.ReadAllText(p), StringComparison.Ordinal));
    }

    private static string ProjectOf(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        return Directory.EnumerateFiles(folder, "*.csproj").FirstOrDefault() ?? ProjectOf(folder);
    }

    private static async Task<ImmutableArray<Diagnostic>> CompileAsync(string[] expressions, string path)
    {
        // One method a line.
        var methods = string.Join('\n', expressions.Select((e, i) => $"object M{i}() => {e};"));
        var source = $"using System; using System.Threading; using System.Threading.Tasks; class C {{ {methods} }}";
        var tree = CSharpSyntaxTree.ParseText(source, path: Repository.File(path.Split('/')));
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary).WithSyntaxTreeOptionsProvider(new EditorConfig());
        var compilation = CSharpCompilation.Create("Probe", [tree], references, options);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        return await compilation.WithAnalyzers(Analyzers(), new AnalyzerOptions([new BannedSymbols()])).GetAnalyzerDiagnosticsAsync();
    }

    private static ImmutableArray<DiagnosticAnalyzer> Analyzers() =>
        [.. Directory.EnumerateFiles(AnalyzerFolder, "*.BannedApiAnalyzers.dll", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "cs")
            .SelectMany(f => new AnalyzerFileReference(f, new Loader()).GetAnalyzers(LanguageNames.CSharp))];

    /// <summary>The repository's .editorconfig, read as the compiler reads it.</summary>
    private sealed class EditorConfig : SyntaxTreeOptionsProvider
    {
        private static readonly AnalyzerConfigSet Set = AnalyzerConfigSet.Create(
            ImmutableArray.Create(AnalyzerConfig.Parse(File.ReadAllText(Repository.File(".editorconfig")), Repository.File(".editorconfig"))));

        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.NotGenerated;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            Set.GetOptionsForSourcePath(tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return false;
        }
    }

    private sealed class BannedSymbols : AdditionalText
    {
        public override string Path => "BannedSymbols.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) =>
            SourceText.From(File.ReadAllText(Repository.File("src", "Core", "Orchestrations", "BannedSymbols.txt")));
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath) { }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
