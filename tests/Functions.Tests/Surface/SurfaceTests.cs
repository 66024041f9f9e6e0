#if !SURFACE
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
#endif

namespace Rlhf.Functions.Tests.Surface;

/// <summary>Holds the hand-written declarations of tests/FunctionsSurface to the real assemblies.</summary>
public sealed class SurfaceTests
{
#if SURFACE
    [Fact(DisplayName = "Declarations_EveryOne_IsInTheRealAssemblies (skipped: the Functions packages can't be restored here)", Skip = "The Functions packages can't be restored here, so there is nothing to compare with.")]
    public void Declarations_EveryOne_IsInTheRealAssemblies()
    {
    }
#else
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly Surface = new AssemblyLoadContext("surface").LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "surface", "Rlhf.FunctionsSurface.dll"));

    private static readonly IReadOnlyList<Assembly> Real =
        [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "Microsoft.*.dll")
            .Where(file => Path.GetFileName(file) is var name && (name.StartsWith("Microsoft.Azure.Functions.", StringComparison.Ordinal) || name.StartsWith("Microsoft.DurableTask.", StringComparison.Ordinal)))
            .Select(Assembly.LoadFrom)];

    public static TheoryData<string> Types => [.. Surface.GetExportedTypes().Select(t => t.FullName!)];

    [Fact]
    public void Declarations_AreThere() => Assert.True(Surface.GetExportedTypes().Length > 20);

    [Theory]
    [MemberData(nameof(Types))]
    public void Declaration_EveryMember_IsTheRealOne(string name)
    {
        var declared = Surface.GetType(name, throwOnError: true)!;
        var real = Real.Select(a => a.GetType(name)).FirstOrDefault(t => t is { IsPublic: true });
        Assert.True(real is not null, $"{name} is in none of {string.Join(", ", Real.Select(a => a.GetName().Name))}.");
        Assert.Equal(Shape(declared), Shape(real));
        var there = Members(real).ToHashSet();
        Assert.All(Members(declared), member => Assert.True(there.Contains(member), $"{name} has no '{member}'. It has: {string.Join("; ", there.Order())}"));
        Assert.Empty(Abstract(real).Except(Abstract(declared)));
    }

    private static string Shape(Type type) => $"{(type.IsEnum ? "enum" : type.IsValueType ? "struct" : "class")} abstract:{type.IsAbstract} sealed:{type.IsSealed} extends:{(IsAttribute(type) ? "attribute" : Name(type.BaseType!))}";

    // The attributes' bases are the worker's own, and nobody here names them.
    private static bool IsAttribute(Type type) => type.Name.EndsWith("Attribute", StringComparison.Ordinal);

    /// <summary>What a caller or a subclass can see; what compilers add to records is left out.</summary>
    private static IEnumerable<string> Members(Type type) => type.GetMembers(Declared).Where(IsVisible).SelectMany(Describe);

    private static IEnumerable<string> Abstract(Type type) => type.GetMethods(Declared).Where(m => m.IsAbstract).SelectMany(Describe);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily) && !member.IsDefined(typeof(CompilerGeneratedAttribute)) && member.Name is not ("PrintMembers" or "<Clone>$"),
        FieldInfo field => field.IsPublic && !field.IsSpecialName,
        PropertyInfo property => property.Name != "EqualityContract" && (property.GetMethod is { IsPublic: true } or { IsFamily: true }),
        _ => false,
    };

    private static IEnumerable<string> Describe(MemberInfo member) => member switch
    {
        MethodBase method when method.IsSpecialName && !method.IsConstructor && !method.Name.StartsWith("op_", StringComparison.Ordinal) => [],
        ConstructorInfo constructor => [$"new({Parameters(constructor)})"],
        MethodInfo method => [$"{(method.IsStatic ? "static " : "")}{(method.IsAbstract ? "abstract " : "")}{Name(method.ReturnType)} {method.Name}`{method.GetGenericArguments().Length}({Parameters(method)})"],
        PropertyInfo property => [$"{Name(property.PropertyType)} {property.Name} {{get;}}", .. property.SetMethod is { IsPublic: true } ? [$"{property.Name} {{set;}}"] : Array.Empty<string>()],
        FieldInfo field => [$"{Name(field.FieldType)} {field.Name} = {(field.IsLiteral ? field.GetRawConstantValue() : "?")}"],
        _ => [],
    };

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{(p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.RawDefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsGenericParameter) return type.Name;
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        var name = $"{type.Namespace}.{type.Name}";
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
#endif
}
