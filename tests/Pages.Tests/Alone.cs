namespace Rlhf.Pages.Tests;

/// <summary>Tests that measure: nothing else runs beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
