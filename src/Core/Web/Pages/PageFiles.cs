using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Rlhf.Web.Pages;

/// <summary>The files of the pages, held in this assembly and served with an ETag of their content.</summary>
internal static class PageFiles
{
    private const string Prefix = "pages/";

    private static readonly FrozenDictionary<string, PageFile> Files = Load().ToFrozenDictionary(f => f.Path, StringComparer.Ordinal);

    /// <exception cref="RlhfException"><c>no-such-file</c>.</exception>
    public static IResult Serve(string path)
    {
        if (!Files.TryGetValue(path, out var file))
            throw new RlhfException("no-such-file", $"The pages have no file '{(path.Length > 100 ? path[..100] : path)}'.", "Reload the page.", StatusCodes.Status404NotFound);
        return new PageResult(file);
    }

    private static IEnumerable<PageFile> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var content = new MemoryStream();
            assembly.GetManifestResourceStream(name)!.CopyTo(content);
            var bytes = content.ToArray();
            yield return new(name[Prefix.Length..].Replace('\\', '/'), bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..20]}\"");
        }
    }

    private sealed record PageFile(string Path, byte[] Content, string ETag)
    {
        public string ContentType => System.IO.Path.GetExtension(Path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
    }

    private sealed class PageResult(PageFile file) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            // Always asked for again, rarely sent again: a new version of the host must not meet scripts of the old one.
            httpContext.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(file.Content, file.ContentType, entityTag: EntityTagHeaderValue.Parse(file.ETag)).ExecuteAsync(httpContext);
        }
    }
}
