using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Labeling;
using Rlhf.Preferences.Formats;
using Rlhf.Preferences.Imports;
using Rlhf.Prompts;
using Rlhf.Web.Contracts;

namespace Rlhf.Local.Tests.Web;

public sealed class FormatRouteTests
{
    private const string Base = "api/campaigns/support";

    [Fact]
    public async Task Import_CheckedThenTaken_IsListedAndExported()
    {
        await using var host = await StartAsync();
        using var owner = host.Owner();
        var check = await PostAsync<ImportCheck>(owner, $"{Base}/import?name=a.jsonl&check=true", Pairs(30));
        Assert.Equal((30, 30), (check.Comparisons, check.KindNeeded));
        var report = await PostAsync<IngestReport>(owner, $"{Base}/import?name=a.jsonl&kind=person", Pairs(30));
        Assert.Equal((30, "a.jsonl"), (report.Accepted, report.Imported!.Name));
        var again = await PostAsync<IngestReport>(owner, $"{Base}/import?name=b.jsonl&kind=person", Pairs(30));
        Assert.Equal((0, 30), (again.Accepted, again.Duplicates));
        var listed = (await owner.GetFromJsonAsync<ImportListResponse>($"{Base}/imports", RlhfJson.Options))!.Imports;
        Assert.Equal([30, 0], listed.Select(i => i.Imported!.Counts.Comparisons).OrderDescending());

        var campaign = (await owner.GetFromJsonAsync<CampaignResponse>(Base, RlhfJson.Options))!;
        Assert.Equal((30, 30), (campaign.Progress.Rankings[AnnotatorKind.Person], campaign.Progress.Imported[AnnotatorKind.Person]));
        foreach (var format in (await owner.GetFromJsonAsync<FormatListResponse>("api/formats", RlhfJson.Options))!.Exports)
        {
            using var response = await owner.GetAsync($"{Base}/export?format={format.Name}&split=train", HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal((format.ContentType, null), (response.Content.Headers.ContentType!.MediaType, response.Content.Headers.ContentLength));
            Assert.EndsWith(format.Extension, response.Content.Headers.ContentDisposition!.FileName!.Trim('"'), StringComparison.Ordinal);
            Assert.True((await response.Content.ReadAsByteArrayAsync()).Length > 500, format.Name);
        }
    }

    [Fact]
    public async Task Export_AsArchive_HoldsTheCard_WhichIsAlsoReadAlone()
    {
        await using var host = await StartAsync();
        using var owner = host.Owner();
        await PostAsync<IngestReport>(owner, $"{Base}/import?name=a.jsonl&kind=llm", Pairs(10));
        using var archive = new ZipArchive(new MemoryStream(await owner.GetByteArrayAsync($"{Base}/export?format=parquet&as=zip")));
        Assert.Contains("card.json", archive.Entries.Select(e => e.FullName));
        var card = (await owner.GetFromJsonAsync<DataCard>($"{Base}/card", RlhfJson.Options))!;
        // The campaign trains on people's rankings, so a model's are counted and left out.
        Assert.Equal((0, 10), (card.Rows.Values.Sum(), card.Rankings.LeftOut[AnnotatorKind.Llm]));
        Assert.Equal("a.jsonl", Assert.Single(card.Imports).Name);
        Assert.Contains("| rankings left out for their kind | 10 llm |", await owner.GetStringAsync($"{Base}/card?as=markdown"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_OfOneFile_SaysWhereItsCardIs()
    {
        await using var host = await StartAsync();
        using var owner = host.Owner();
        await PostAsync<IngestReport>(owner, $"{Base}/import?name=test.jsonl&kind=person", Pairs(10));
        using var response = await owner.GetAsync($"{Base}/export?format=openai&split=test");
        Assert.Equal("<card?format=openai&split=test>; rel=\"describedby\"; type=\"application/json\"", Assert.Single(response.Headers.GetValues("Link")));
        var card = (await owner.GetFromJsonAsync<DataCard>(new Uri(response.RequestMessage!.RequestUri!, "card?format=openai&split=test"), RlhfJson.Options))!;
        Assert.Equal(("openai", 10), (card.Format, card.Rows[Split.Test]));
        Assert.Contains(card.Loses, l => l.Contains("split", StringComparison.Ordinal));
        Assert.Equal(0, (await owner.GetFromJsonAsync<DataCard>($"{Base}/card?format=openai&split=train", RlhfJson.Options))!.Rows.Values.Sum());
    }

    [Theory]
    [InlineData("GET", "card?format=word", "unknown-format")]
    [InlineData("GET", "export?format=word", "unknown-format")]
    [InlineData("GET", "export?split=half", "invalid-query")]
    [InlineData("GET", "export?format=openai", "split-needed")]
    [InlineData("GET", "export?as=rar", "invalid-query")]
    [InlineData("POST", "import?name=a.jsonl&format=word", "unknown-format")]
    [InlineData("POST", "import?name=a.jsonl&kind=cat", "invalid-query")]
    [InlineData("POST", "import?name=a.txt&check=true", "no-labels")]
    public async Task WhatThereIsNot_IsRefusedBeforeTheFirstByte(string method, string path, string code)
    {
        await using var host = await StartAsync();
        using var owner = host.Owner();
        using var response = method == "GET" ? await owner.GetAsync($"{Base}/{path}") : await owner.PostAsync($"{Base}/{path}", File("x"));
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    private static string Pairs(int count) => string.Join('\n', Enumerable.Range(1, count).Select(i => $$"""{"prompt": "Question {{i}}?", "chosen": "yes {{i}}", "rejected": "no {{i}}"}"""));

    private static StringContent File(string text) => new(text, Encoding.UTF8, "application/octet-stream");

    private static async Task<T> PostAsync<T>(HttpClient owner, string path, string text)
    {
        using var response = await owner.PostAsync(path, File(text));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<T>(RlhfJson.Options))!;
    }

    private static async Task<WebHost> StartAsync()
    {
        var host = await WebHost.StartAsync();
        await host.PublishAsync(count: 1);
        return host;
    }
}
