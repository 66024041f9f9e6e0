using YamlDotNet.RepresentationModel;

namespace Rlhf.Infra.Tests.Workflows;

/// <summary>A YAML document as its nodes.</summary>
internal static class Yaml
{
    public static YamlMappingNode Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    public static YamlNode? Find(this YamlNode? node, params string[] path)
    {
        foreach (var name in path)
            if (node is not YamlMappingNode mapping || !mapping.Children.TryGetValue(new YamlScalarNode(name), out node)) return null;
        return node;
    }

    public static string? Text(this YamlNode? node, params string[] path) => (node.Find(path) as YamlScalarNode)?.Value;

    public static IEnumerable<KeyValuePair<string, YamlNode>> Entries(this YamlNode? node) =>
        node is YamlMappingNode mapping ? mapping.Children.Select(each => KeyValuePair.Create(((YamlScalarNode)each.Key).Value!, each.Value)) : [];

    public static IEnumerable<YamlNode> Items(this YamlNode? node) => node is YamlSequenceNode sequence ? sequence.Children : [];
}
