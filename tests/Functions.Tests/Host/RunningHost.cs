using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using Rlhf.Json;

namespace Rlhf.Functions.Tests.Host;

/// <summary>A Functions host that runs elsewhere, named by the environment.</summary>
public static class RunningHost
{
    public const string AppVariable = "RLHF_FUNCTIONS_HOST";
    public const string ContractVariable = "RLHF_CONTRACT_HOST";

    public static Uri App => new(Require(AppVariable));

    public static Uri Contract => new(Require(ContractVariable));

    /// <summary>The app's own storage.</summary>
    public static string Storage => Require(AppSettings.Storage);

    public static HttpClient Owner()
    {
        var client = new HttpClient { BaseAddress = App, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Require(AppSettings.OwnerToken));
        return client;
    }

    public static async Task<T> GetAsync<T>(this HttpClient client, string path) => (await client.GetFromJsonAsync<T>(path, RlhfJson.Options))!;

    public static async Task<T> PostAsync<T>(this HttpClient client, string path, object? body)
    {
        using var response = await client.PostAsJsonAsync(path, body, RlhfJson.Options);
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<T>(RlhfJson.Options))!;
    }

    public static bool IsGiven(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    private static string Require(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value
        : throw new InvalidOperationException($"The tests against a Functions host need {variable}.");
}

/// <summary>A test against a running Functions host; where none is named, its name says why it was skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HostFactAttribute : FactAttribute
{
    /// <param name="setting">One of the host's settings that the test needs to know besides.</param>
    public HostFactAttribute(string? setting = null, [CallerMemberName] string? name = null, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) : base(file, line)
    {
        if (RunningHost.IsGiven(RunningHost.AppVariable))
        {
            if (setting is null || RunningHost.IsGiven(setting)) return;
            DisplayName = $"{name} (skipped: no {setting} in the environment)";
            Skip = $"No {setting} in the environment as the host has it.";
            return;
        }
        DisplayName = $"{name} (skipped: no Functions host; ./test --functions-host URL)";
        Skip = $"No Functions host: ./test --functions-host URL, with {AppSettings.Storage} (its storage's connection string) and {AppSettings.OwnerToken} in the environment as the host has them.";
    }
}
