using System.Text;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Storage;
using Rlhf.Training.Contract;

namespace Rlhf.Trainer.Data;

/// <summary>JSON lines in storage.</summary>
internal static class JsonLines
{
    /// <summary>All lines; blank ones are skipped.</summary>
    /// <exception cref="RlhfException"><c>data-missing</c>, or <c>data-damaged</c> with the line's number.</exception>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(IBlobStore blobs, string path, CancellationToken cancellation)
    {
        await using var content = await blobs.OpenReadAsync(path, cancellation)
            ?? throw new RlhfException("data-missing", $"There is no blob '{path}' in storage, which job.json names.", "Start the run again, so that its data set is written anew.", 404);
        using var reader = new StreamReader(content.Stream, Encoding.UTF8);
        var values = new List<T>();
        for (var number = 1; await reader.ReadLineAsync(cancellation) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line)) values.Add(Parse<T>(line, path, number));
        }

        return values;
    }

    public static async Task WriteAsync<T>(IBlobStore blobs, string path, IEnumerable<T> values, CancellationToken cancellation) =>
        await blobs.WriteTextAsync(path, string.Concat(values.Select(value => JsonSerializer.Serialize(value, RlhfJson.Options) + "\n")), default, cancellation);

    private static T Parse<T>(string line, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, JobContract.Strict) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new RlhfException("data-damaged", $"Line {number} of '{path}' is no {typeof(T).Name}: {e.Message}",
                "Start the run again, so that its data set is written anew.", inner: e);
        }
    }
}
