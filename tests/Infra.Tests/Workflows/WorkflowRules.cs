using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Rlhf.Infra.Tests.Workflows;

/// <summary>What a GitHub workflow must keep to; none means it is kept.</summary>
internal static partial class WorkflowRules
{
    /// <param name="mayWrite">The permissions that may be more than reading.</param>
    public static IEnumerable<string> Check(string text, params string[] mayWrite)
    {
        var workflow = Yaml.Read(text);
        if (workflow.Find("on") is YamlMappingNode events && events.Find("pull_request_target") is not null) yield return "pull_request_target gives strangers' code our rights";
        if (workflow.Find("concurrency") is null) yield return "no concurrency";
        foreach (var problem in Permissions("the workflow", workflow, required: true, [])) yield return problem;
        foreach (var (name, job) in workflow.Find("jobs").Entries())
        {
            foreach (var problem in Permissions(name, job, required: false, mayWrite)) yield return problem;
            // A job that is another workflow's has that one's limits.
            if (job.Text("uses") is null && job.Text("timeout-minutes") is null) yield return $"{name} has no time-out";
            foreach (var problem in job.Find("steps").Items().SelectMany(Step)) yield return problem;
        }
        foreach (Match unpinned in Uses().Matches(text))
            if (!Pinned().IsMatch(unpinned.Value) && !Own().IsMatch(unpinned.Value)) yield return $"'{unpinned.Value.Trim()}' is not pinned by commit with its version behind it";
    }

    /// <summary>Nobody pulls an image that is untested: every test has passed, and the image itself was run, before it goes up.</summary>
    public static IEnumerable<string> Publishing(string text)
    {
        var jobs = Yaml.Read(text).Find("jobs");
        var tests = jobs.Entries().Where(job => job.Value.Text("uses") == "./.github/workflows/test.yml").Select(job => job.Key).ToList();
        foreach (var (name, job) in jobs.Entries().Where(job => !tests.Contains(job.Key)))
        {
            if (!Needed(job).Intersect(tests).Any()) yield return $"{name} does not wait for the tests";
            var steps = job.Find("steps").Items().ToList();
            if (steps.Any(step => step.Text("with", "push") == "true")) yield return $"{name} pushes what was not run";
            var built = steps.FindIndex(step => step.Text("with", "load") == "true");
            var run = steps.FindIndex(step => step.Text("run")?.StartsWith(".ci/check-image ", StringComparison.Ordinal) == true);
            var signedIn = steps.FindIndex(step => step.Text("uses")?.StartsWith("docker/login-action@", StringComparison.Ordinal) == true);
            var pushed = steps.FindIndex(step => step.Text("run")?.StartsWith("docker push ", StringComparison.Ordinal) == true);
            if (built < 0 || run < built || signedIn < run || pushed < signedIn) yield return $"{name} does not build, run, sign in and push in this order";
        }
    }

    private static IEnumerable<string> Needed(YamlNode job) => job.Text("needs") is { } one ? [one] : job.Find("needs").Items().Select(each => each.ToString());

    private static IEnumerable<string> Permissions(string where, YamlNode node, bool required, string[] mayWrite)
    {
        var permissions = node.Find("permissions");
        if (permissions is null && required) yield return $"{where} has the default permissions";
        if (permissions is YamlScalarNode all) yield return $"{where} has the permissions {all.Value}";
        foreach (var (name, value) in permissions.Entries())
            if (((YamlScalarNode)value).Value is not ("read" or "none") && !mayWrite.Contains(name)) yield return $"{where} may write {name}";
    }

    private static IEnumerable<string> Step(YamlNode step)
    {
        if (step.Text("run") is { } script && script.Contains("${{", StringComparison.Ordinal)) yield return $"'{script}' takes an expression into a script";
        if (step.Text("uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true && step.Text("with", "persist-credentials") != "false") yield return "checkout leaves its token behind";
    }

    [GeneratedRegex(@"^\s*(?:- )?uses:.*$", RegexOptions.Multiline)]
    private static partial Regex Uses();

    [GeneratedRegex(@"uses: \./\.github/workflows/[\w-]+\.yml\s*$")]
    private static partial Regex Own();

    [GeneratedRegex(@"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+\s*$")]
    private static partial Regex Pinned();
}
