using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using OpenAI;

namespace Rlhf.Generation.Endpoints;

/// <summary>Makes the chat client of a generator that lives behind an endpoint. Keys come from configuration or the environment, never from a campaign:
/// <c>Generators:&lt;name&gt;:Key</c> first, then <c>OPENAI_API_KEY</c> or <c>AZURE_OPENAI_API_KEY</c>; Azure OpenAI without a key uses the managed identity (or whatever the developer is logged in as).</summary>
public sealed class EndpointClients(IConfiguration configuration, TokenCredential? azureCredential = null)
{
    // Servers on one's own machine (vLLM, Ollama, llama.cpp) want no key, but the client insists on one.
    private const string NoKey = "none";

    /// <summary>Signs in to Azure where no key is set; one for the process, so that its tokens are kept.</summary>
    internal TokenCredential Credential { get; } = azureCredential ?? new DefaultAzureCredential();

    /// <exception cref="RlhfException"><c>endpoint-key-missing</c>, <c>endpoint-address-missing</c>.</exception>
    public IChatClient Create(GeneratorSettings settings)
    {
        var client = settings.Kind switch
        {
            GeneratorKind.AzureOpenAI => CreateAzure(settings),
            GeneratorKind.OpenAI => CreateOpenAI(settings),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Kind, "Not a generator behind an endpoint."),
        };
        return client.GetChatClient(settings.Model).AsIChatClient();
    }

    private OpenAIClient CreateOpenAI(GeneratorSettings settings)
    {
        var key = FindKey(settings);
        if (key is null && settings.Endpoint is null)
        {
            throw new RlhfException("endpoint-key-missing", $"The generator '{settings.Name}' asks api.openai.com, and there is no key for it.",
                $"Set {AppSettings.GeneratorKey(settings.Name)} in the configuration or {AppSettings.OpenAIKey} in the environment.");
        }
        var options = Bare(new OpenAIClientOptions { Endpoint = settings.Endpoint });
        return new OpenAIClient(new ApiKeyCredential(key ?? NoKey), options);
    }

    private AzureOpenAIClient CreateAzure(GeneratorSettings settings)
    {
        var access = AccessTo(settings);
        var options = Bare(new AzureOpenAIClientOptions());
        return access.Key is { } key
            ? new AzureOpenAIClient(access.Endpoint, new ApiKeyCredential(key), options)
            : new AzureOpenAIClient(access.Endpoint, access.Credential, options);
    }

    /// <summary>Address and key of a deployment's Azure OpenAI resource; the address is the generator's or the host's own.</summary>
    /// <exception cref="RlhfException"><c>endpoint-address-missing</c>, or <c>endpoint-not-https</c> where a key would travel in the clear.</exception>
    internal EndpointAccess AccessTo(GeneratorSettings settings)
    {
        var endpoint = settings.Endpoint ?? (Uri.TryCreate(configuration[AppSettings.AzureOpenAIEndpoint], UriKind.Absolute, out var own) ? own : null)
            ?? throw new RlhfException("endpoint-address-missing", $"The generator '{settings.Name}' is an Azure OpenAI deployment without its resource's address.",
                $"Set the generator's endpoint, or {AppSettings.AzureOpenAIEndpoint}: https://<resource>.openai.azure.com.");
        if (endpoint.Scheme != Uri.UriSchemeHttps && !endpoint.IsLoopback)
            throw new RlhfException("endpoint-not-https", $"The generator '{settings.Name}' would send its key to '{endpoint.Host}' in the clear.", "Give its endpoint as https://….");
        return new(endpoint, FindKey(settings), Credential);
    }

    /// <summary>Null where the endpoint wants none, or an identity instead.</summary>
    public string? FindKey(GeneratorSettings settings)
    {
        var variable = settings.Kind == GeneratorKind.AzureOpenAI ? AppSettings.AzureOpenAIKey : AppSettings.OpenAIKey;
        var key = configuration[AppSettings.GeneratorKey(settings.KeyOwner ?? settings.Name)];
        if (string.IsNullOrWhiteSpace(key)) key = configuration[variable];
        return string.IsNullOrWhiteSpace(key) ? null : key;
    }

    // Retries and time-outs are ours (ChatClientGenerator), so that a rate limit holds back all calls of a generator and is told as an outcome.
    private static TOptions Bare<TOptions>(TOptions options) where TOptions : ClientPipelineOptions
    {
        options.RetryPolicy = new ClientRetryPolicy(maxRetries: 0);
        options.NetworkTimeout = Timeout.InfiniteTimeSpan;
        return options;
    }
}

/// <param name="Key">Null: <paramref name="Credential"/> signs in.</param>
internal sealed record EndpointAccess(Uri Endpoint, string? Key, TokenCredential Credential)
{
    /// <summary>A record would print its key.</summary>
    public override string ToString() => Endpoint.ToString();
}
