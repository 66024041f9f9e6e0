using Microsoft.Extensions.DependencyInjection;

namespace Rlhf.Preferences.Formats;

public static class FormatRegistration
{
    /// <summary>The formats that pairs go out in. Another one is added with <c>AddSingleton&lt;IExportFormat, …&gt;</c>.</summary>
    public static IServiceCollection AddFormats(this IServiceCollection services)
    {
        services.AddSingleton<Exporter>().AddSingleton<ExportFormats>();
        services.AddSingleton<IExportFormat, TrlFormat>();
        return services;
    }
}
