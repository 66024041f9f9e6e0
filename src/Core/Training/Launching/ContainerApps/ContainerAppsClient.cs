using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Rlhf.Json;

namespace Rlhf.Training.Launching.ContainerApps;

/// <summary>The calls on one Container Apps job, as its REST specification has them.</summary>
/// <remarks>Source: Azure/azure-rest-api-specs, specification/app/resource-manager/Microsoft.App/ContainerApps/stable/2025-07-01/Jobs.json.</remarks>
internal sealed class ContainerAppsClient
{
    private const string ApiVersion = "2025-07-01";
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(100);

    private readonly ContainerAppsJobOptions options;
    private readonly ResourceIdentifier job;
    private readonly HttpPipeline pipeline;
    private readonly ArmErrors errors;
    private readonly TimeProvider time;

    public ContainerAppsClient(ContainerAppsJobOptions options, TokenCredential credential, TimeProvider time, HttpPipelineTransport? transport = null)
    {
        (this.options, this.time) = (options, time);
        job = options.JobId();
        errors = new(job);
        var client = new PipelineOptions { RetryPolicy = new ArmRetryPolicy(options.LongestRetryAfter) };
        if (transport is not null) client.Transport = transport;
        pipeline = HttpPipelineBuilder.Build(client, new BearerTokenAuthenticationPolicy(credential, new Uri(options.Management, "/.default").AbsoluteUri));
    }

    /// <summary>The job's <c>properties</c>.</summary>
    public async Task<JsonObject> GetJobAsync(CancellationToken cancellation)
    {
        using var response = await SendAsync(RequestMethod.Get, Address(""), null, "read the trainer's job", cancellation);
        if (response.Status != 200) throw errors.From(response, "read the trainer's job");
        return JsonNode.Parse(response.Content.ToMemory().Span)?["properties"] as JsonObject ?? [];
    }

    /// <summary>The executions that the service still knows, all pages.</summary>
    public async Task<IReadOnlyList<JobExecution>> ListAsync(CancellationToken cancellation)
    {
        const string what = "list the executions of the trainer's job";
        var executions = new List<JobExecution>();
        for (var next = Address("/executions"); next is not null;)
        {
            using var response = await SendAsync(RequestMethod.Get, next, null, what, cancellation);
            if (response.Status != 200) throw errors.From(response, what);
            var page = Read<JobExecutionPage>(response);
            executions.AddRange(page.Value);
            next = string.IsNullOrEmpty(page.NextLink) ? null : Same(new Uri(page.NextLink), what);
        }
        return executions;
    }

    /// <summary>Null where the service does not know it, or no longer.</summary>
    public async Task<JobExecution?> FindAsync(string execution, CancellationToken cancellation)
    {
        const string what = "read an execution of the trainer's job";
        using var response = await SendAsync(RequestMethod.Get, Address($"/executions/{Uri.EscapeDataString(execution)}"), null, what, cancellation);
        if (response.Status == 200) return Read<JobExecution>(response);
        return ArmErrors.IsGone(response) ? null : throw errors.From(response, what);
    }

    /// <returns>The new execution's name; null where the service took the call and did not name one in time.</returns>
    public async Task<string?> StartAsync(JsonObject template, CancellationToken cancellation)
    {
        const string what = "start the trainer's job";
        using var response = await SendAsync(RequestMethod.Post, Address("/start"), RequestContent.Create(BinaryData.FromString(template.ToJsonString())), what, cancellation);
        return response.Status switch
        {
            200 => NameIn(response),
            202 when response.Headers.TryGetValue("Location", out var location) => await PollAsync(new Uri(location!), what, cancellation),
            202 => null,
            _ => throw errors.From(response, what),
        };
    }

    /// <summary>Stops an execution that runs, or may; nothing happens where it has ended meanwhile.</summary>
    public async Task StopAsync(string execution, CancellationToken cancellation)
    {
        const string what = "stop the trainer's job";
        using var response = await SendAsync(RequestMethod.Post, Address($"/executions/{Uri.EscapeDataString(execution)}/stop"), null, what, cancellation);
        if (response.Status is 200 or 202 || ArmErrors.IsGone(response)) return;
        // A conflict may be no more than that it has ended by itself.
        if (response.Status == 409 && await FindAsync(execution, cancellation) is not { MayRun: true }) return;
        throw errors.From(response, what);
    }

    private async Task<string?> PollAsync(Uri location, string what, CancellationToken cancellation)
    {
        var address = Same(location, what);
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < options.StartPatience;)
        {
            using var response = await SendAsync(RequestMethod.Get, address, null, what, cancellation);
            if (response.Status == 200) return NameIn(response);
            // The operation's record may be gone before the execution is.
            if (response.Status == 404) return null;
            if (response.Status != 202) throw errors.From(response, what);
            await Task.Delay(Pause(response, options.StartPatience - time.GetElapsedTime(began)), time, cancellation);
        }
        return null;
    }

    /// <summary>As long as the service asks, but no busier than is decent and no longer than there is patience left.</summary>
    private static TimeSpan Pause(Response response, TimeSpan left)
    {
        var asked = ArmRetryPolicy.RetryAfterOf(response) ?? PollEvery;
        var pause = asked > LeastPause ? asked : LeastPause;
        return pause < left ? pause : left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task<Response> SendAsync(RequestMethod method, Uri address, RequestContent? content, string what, CancellationToken cancellation)
    {
        using var request = pipeline.CreateRequest();
        request.Method = method;
        request.Uri.Reset(address);
        request.Headers.Add("Accept", "application/json");
        if (content is not null)
        {
            request.Content = content;
            request.Headers.Add("Content-Type", "application/json");
        }
        try
        {
            return await pipeline.SendRequestAsync(request, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && ArmErrors.IsNoAnswer(e))
        {
            throw ArmErrors.From(e, what);
        }
    }

    private Uri Address(string path) => new(options.Management, $"{job}{path}?api-version={ApiVersion}");

    /// <summary>A link goes to where the token belongs, or nowhere.</summary>
    private Uri Same(Uri link, string what) => link.Scheme == options.Management.Scheme && link.Authority == options.Management.Authority
        ? link
        : throw new RlhfException("trainer-job-refused", $"Could not {what}: the answer points to '{link.Authority}', not to '{options.Management.Authority}'.",
            "Look at what stands between the app and Azure Resource Manager.", 500);

    private static string? NameIn(Response response) => response.Content.ToMemory().IsEmpty ? null : Read<StartedExecution>(response).Execution;

    private static T Read<T>(Response response) => JsonSerializer.Deserialize<T>(response.Content.ToMemory().Span, RlhfJson.Options)!;

    private sealed class PipelineOptions : ClientOptions
    {
        public PipelineOptions() => Diagnostics.IsLoggingContentEnabled = false;
    }
}
