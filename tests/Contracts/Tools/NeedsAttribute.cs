namespace Rlhf.Contracts.Tools;

/// <summary>What a test, or every test of a class, needs and not every machine has. Used with <see cref="ToolFactAttribute"/> and <see cref="ToolTheoryAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute(Tool tool) : Attribute
{
    public Tool Tool => tool;
}

public enum Tool
{
    /// <summary>Azure Storage on this machine: Node and Azurite.</summary>
    Azurite,

    /// <summary>The right to mount a file system of a few megabytes.</summary>
    SmallDisk,

    /// <summary>Scripts of <c>/bin/sh</c>.</summary>
    Shell,

    /// <summary>The compiler of the deployment's templates.</summary>
    Bicep,
}
