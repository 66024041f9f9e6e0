using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Rlhf.LabelStudio.Editor;
using Rlhf.LabelStudio.Files;
using Rlhf.LabelStudio.Server;
using Rlhf.Preferences.Formats;
using Rlhf.Preferences.Imports;

namespace Rlhf.LabelStudio;

public static class LabelStudioRegistration
{
    /// <summary>Label Studio's editor, its files, and the server that somebody else runs.</summary>
    public static IServiceCollection AddLabelStudio(this IServiceCollection services)
    {
        services.AddSingleton<AnnotationService>();
        services.AddSingleton<StudioStore>().AddSingleton<AnnotationIntake>().AddSingleton<StudioSync>().AddSingleton<StudioKeeper>().AddSingleton<StudioFiles>();
        services.TryAddSingleton(s => new StudioClients(ConfigurationOf(s), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(s => ActivatorUtilities.CreateInstance<StudioWebhook>(s, ConfigurationOf(s)));
        services.AddSingleton<IExportFormat, StudioFormat>().AddSingleton<IExportFormat, StudioMinFormat>();
        return services.AddSingleton<IImportFormat, StudioMinImport>().AddSingleton<IImportFormat, StudioImport>();
    }

    private static IConfiguration ConfigurationOf(IServiceProvider services) => services.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build();
}
