namespace Rlhf.Local.Hosting;

/// <summary>What the command line says about the host itself.</summary>
/// <param name="Data">Data folder; null is the default.</param>
/// <param name="Port">First port to try; 0 is any.</param>
/// <param name="Azurite">Keeps blobs and rows in Azure Storage on Azurite.</param>
public sealed record HostSettings(string? Data = null, int Port = Ports.First, bool Azurite = false);
