namespace Rlhf.Local.Hosting;

/// <summary>What the command line says about the host itself and where things are kept.</summary>
/// <param name="Data">Data folder; null is the default.</param>
/// <param name="Port">First port to try; 0 is any.</param>
/// <param name="Azurite">Keeps blobs and rows in Azure Storage on Azurite.</param>
/// <param name="Out">Folder for summary.json and report.html; null is <c>out/</c> beside the solution, or in the current folder where there is none.</param>
public sealed record HostSettings(string? Data = null, int Port = Ports.First, bool Azurite = false, string? Out = null)
{
    public string OutFolder => Path.GetFullPath(Out ?? Path.Combine(SolutionFolder.Find() ?? Environment.CurrentDirectory, "out"));
}
