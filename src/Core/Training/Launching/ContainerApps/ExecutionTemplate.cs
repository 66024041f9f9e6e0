using System.Text.Json.Nodes;

namespace Rlhf.Training.Launching.ContainerApps;

/// <summary>The body of <c>start</c>. It replaces the job's own template as a whole, image and environment included, so it is that template with one variable more.</summary>
internal static class ExecutionTemplate
{
    /// <summary>What a container of an execution may have; a job's may have more (probes, mounts), which <c>start</c> does not take.</summary>
    private static readonly string[] ContainerMembers = ["name", "image", "command", "args", "env", "resources"];

    /// <param name="template">The job's <c>properties.template</c>.</param>
    /// <param name="jobFile">The value of <c>RLHF_JOB</c>.</param>
    /// <exception cref="RlhfException"><c>trainer-job-invalid</c>: it has no container.</exception>
    public static JsonObject Of(JsonObject? template, string jobFile)
    {
        if (template?["containers"] is not JsonArray { Count: > 0 } containers)
            throw new RlhfException("trainer-job-invalid", $"The Container Apps job that {AppSettings.TrainerJob} names has no container.", "Deploy it again (azd up); its container is the trainer's image.", 500);
        var started = new JsonObject { ["containers"] = Copy(containers, container => SetJob(container, jobFile)) };
        if (template["initContainers"] is JsonArray { Count: > 0 } initial) started["initContainers"] = Copy(initial, _ => { });
        return started;
    }

    private static JsonArray Copy(JsonArray containers, Action<JsonObject> change)
    {
        var copies = new JsonArray();
        foreach (var container in containers.OfType<JsonObject>())
        {
            var copy = new JsonObject();
            foreach (var name in ContainerMembers)
                if (container[name] is { } value) copy[name] = value.DeepClone();
            // Said by the service, and refused from a client.
            (copy["resources"] as JsonObject)?.Remove("ephemeralStorage");
            change(copy);
            copies.Add(copy);
        }
        return copies;
    }

    private static void SetJob(JsonObject container, string jobFile)
    {
        var environment = container["env"] as JsonArray ?? [];
        foreach (var earlier in environment.OfType<JsonObject>().Where(e => (string?)e["name"] == AppSettings.Job).ToList()) environment.Remove(earlier);
        environment.Add(new JsonObject { ["name"] = AppSettings.Job, ["value"] = jobFile });
        container["env"] = environment;
    }
}
