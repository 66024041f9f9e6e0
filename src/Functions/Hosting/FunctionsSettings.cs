using Microsoft.Extensions.Configuration;
using Rlhf.Generation.Onnx;
using Rlhf.Training.Launching;
using Rlhf.Web;

namespace Rlhf.Functions.Hosting;

/// <summary>The app's settings (<see cref="AppSettings"/>) as this host reads them.</summary>
internal sealed class FunctionsSettings(IConfiguration configuration)
{
    public string Storage => Require(AppSettings.Storage, "a connection string, or the address of the account's blobs");

    /// <summary>The same string serves both where it is a connection string.</summary>
    public string Tables => Find(AppSettings.Tables) ?? Storage;

    /// <summary>Models that storage holds and libraries read as files.</summary>
    public static string ModelFolder => Path.Combine(Scratch, "models");

    private static string Scratch => Path.Combine(Path.GetTempPath(), "rlhf");

    public string? Find(string name) => configuration[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    public WebOptions Web()
    {
        var options = new WebOptions { AllowedHosts = (Find(AppSettings.AllowedHosts) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), PublicAddress = PublicAddress() };
        return DefaultModel() is { } model ? options.WithModel(model) : options;
    }

    /// <summary>A trainer as a child process: on one machine the project's own, built from its source.</summary>
    public ChildProcessOptions Trainer() => new()
    {
        Folder = Path.Combine(Scratch, "jobs"),
        Storage = Storage,
        Trainer = Find(AppSettings.Trainer),
        Source = SolutionFolder.Find() is { } root ? Path.Combine(root, "src", "Trainer") : null,
    };

    /// <summary>As set, with a folder's full path; else the shipped model where the project's own folder is here.</summary>
    private string? DefaultModel()
    {
        if (Find(AppSettings.DefaultModel) is { } model)
            return model.StartsWith(ModelCache.FilePrefix, StringComparison.Ordinal) ? ModelCache.FilePrefix + Path.GetFullPath(model[ModelCache.FilePrefix.Length..]) : model;
        return SolutionFolder.Find() is { } root ? ModelCache.FilePrefix + Path.Combine(root, "models", "support-small") : null;
    }

    /// <summary>In Azure requests reach the app from the platform's front, whose name and scheme links need.</summary>
    private Uri? PublicAddress() => Find(AppSettings.PlatformHostName) is { } name && !name.StartsWith("localhost", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("127.", StringComparison.Ordinal)
        ? new Uri($"https://{name}") : null;

    private string Require(string name, string what) => Find(name) ?? throw new RlhfException("setting-missing", $"The setting {name} is not there: {what}.",
        "Locally copy local.settings.sample.json to local.settings.json; in Azure run azd up again; what it does not know goes into RLHF_EXTRA_SETTINGS (docs/azure.md).", 500);
}
