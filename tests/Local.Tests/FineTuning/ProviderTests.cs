using Rlhf.Contracts;

namespace Rlhf.Local.Tests.FineTuning;

/// <summary>A provider of its own and a folder for each test.</summary>
public abstract class ProviderTests : IAsyncLifetime
{
    internal TemporaryFolder Folder { get; } = new();

    internal AzureOpenAIServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await AzureOpenAIServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
