using Microsoft.Extensions.DependencyInjection;
using Rlhf.Orchestrations;
using Rlhf.Preferences.Imports;

namespace Rlhf.Preferences.Formats;

public static class FormatRegistration
{
    /// <summary>The formats that pairs go out and come in with. Another one is added with <c>AddSingleton&lt;IExportFormat, …&gt;</c> or <c>AddSingleton&lt;IImportFormat, …&gt;</c>.</summary>
    public static IServiceCollection AddFormats(this IServiceCollection services) => services.AddExports().AddImports();

    private static IServiceCollection AddExports(this IServiceCollection services)
    {
        services.AddSingleton<Exporter>().AddSingleton<ExportFormats>().AddSingleton<DataCards>().AddSingleton<ExportBundle>();
        foreach (var format in (IExportFormat[])[JsonPairFormats.Trl, JsonPairFormats.TrlImplicit, JsonPairFormats.TrlText, JsonPairFormats.TrlX, JsonPairFormats.HelpfulHarmless, JsonPairFormats.OpenAI])
            services.AddSingleton(format);
        services.AddSingleton<IExportFormat, ParquetFormat>().AddSingleton<IExportFormat, CsvFormat>().AddSingleton<IExportFormat, ArenaFormat>().AddSingleton<IExportFormat, SftFormat>();
        return services;
    }

    private static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddSingleton<ImportFormats>().AddSingleton<ImportChecker>().AddSingleton<ImportRecognition>().AddSingleton<ImportClaims>().AddSingleton<Importer>().AddSingleton<EndBatch>();
        services.AddSingleton(PairImports.OpenAI).AddSingleton<IImportFormat, ArenaImport>();
        return services.AddSingleton(PairImports.HelpfulHarmless).AddSingleton(PairImports.Trl);
    }
}
