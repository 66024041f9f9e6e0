using Microsoft.Extensions.DependencyInjection;
using Rlhf.LabelStudio.Editor;

namespace Rlhf.LabelStudio;

public static class LabelStudioRegistration
{
    /// <summary>Label Studio's editor, its files, and the server that somebody else runs.</summary>
    public static IServiceCollection AddLabelStudio(this IServiceCollection services)
    {
        services.AddSingleton<AnnotationService>();
        return services;
    }
}
