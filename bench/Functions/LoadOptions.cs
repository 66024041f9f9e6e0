namespace Rlhf.Bench.Functions;

internal sealed record LoadOptions(Uri Url, string OwnerToken, int Prompts, int Batch, int Clients);
