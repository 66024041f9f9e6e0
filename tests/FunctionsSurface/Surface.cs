/// <summary>What every declared member does when it is called.</summary>
internal static class Surface
{
    public static NotSupportedException Called() => new("This is a declaration to compile against; build with the real packages (FunctionsPackages=real) to run.");
}
