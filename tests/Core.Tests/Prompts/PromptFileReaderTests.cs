using System.Text;
using Parquet;
using Parquet.Schema;
using Rlhf.Prompts;
using Rlhf.Prompts.Reading;

namespace Rlhf.Core.Tests.Prompts;

public sealed class PromptFileReaderTests
{
    [Fact]
    public async Task JsonLines_AllShapes_AreRead()
    {
        var lines = await ReadAsync("a.jsonl", """
            "Bare text"
            {"prompt": "As prompt", "group": "g1", "split": "test", "metadata": {"source": "mail"}}
            {"text": "As text"}
            {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "As messages"}]}
            {"prompt": [{"role": "user", "content": "As a list"}]}
            """);
        Assert.Equal(["Bare text", "As prompt", "As text", "As messages", "As a list"], lines.Select(l => l.Draft!.Messages[^1].Content));
        Assert.Equal(("g1", Split.Test, "mail"), (lines[1].Draft!.Group, lines[1].Draft!.Split, (string?)lines[1].Draft!.Metadata!["source"]));
        Assert.Equal(MessageRole.System, lines[3].Draft!.Messages[0].Role);
    }

    [Theory]
    [InlineData("{\"prompt\": \"a\"", "invalid-json")]
    [InlineData("42", "no-prompt")]
    [InlineData("{\"prompt\": 7}", "no-prompt")]
    [InlineData("{\"messages\": []}", "empty-prompt")]
    [InlineData("{\"prompt\": \"  \"}", "empty-prompt")]
    [InlineData("{\"messages\": [{\"role\": \"robot\", \"content\": \"x\"}]}", "invalid-role")]
    [InlineData("{\"messages\": [{\"role\": \"user\"}]}", "no-content")]
    [InlineData("{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}]}", "no-question")]
    [InlineData("{\"prompt\": \"x\", \"split\": \"dev\"}", "invalid-split")]
    [InlineData("{\"prompt\": \"half \\ud83d pair\"}", "invalid-text")]
    public async Task JsonLines_BadLine_IsNamedAndTheNextOneRead(string bad, string code)
    {
        var lines = await ReadAsync("a.jsonl", $"\"first\"\n{bad}\n\"last\"");
        Assert.Equal([null, code, null], lines.Select(l => l.Error?.Code));
        Assert.Equal(2, lines[1].Line);
        Assert.NotEmpty(lines[1].Error!.Remedy);
    }

    [Fact]
    public async Task Lines_OneOfTwoMegabytes_IsRefusedAndTheRestRead()
    {
        var lines = await ReadAsync("a.txt", $"first\n{new string('x', 2_000_000)}\nlast");
        Assert.Equal(["first", null, "last"], lines.Select(l => l.Draft?.Messages[0].Content));
        Assert.Equal((2, "line-too-long"), (lines[1].Line, lines[1].Error!.Code));
        Assert.Contains("2000000 bytes", lines[1].Error!.Message);
    }

    [Fact]
    public async Task Lines_NotUtf8_AreNamedByLine()
    {
        byte[] bytes = [.. "good\n"u8, 0x63, 0xE9, 0x0A, .. "also good"u8];
        var lines = await ReadAsync("a.txt", bytes);
        Assert.Equal([null, "invalid-utf8", null], lines.Select(l => l.Error?.Code));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public async Task Lines_WithAByteOrderMark_AreReadInItsEncoding(string encoding)
    {
        var coding = Encoding.GetEncoding(encoding);
        var lines = await ReadAsync("a.txt", [.. coding.GetPreamble(), .. coding.GetBytes("Größe?\r\n日本語")]);
        Assert.Equal(["Größe?", "日本語"], lines.Select(l => l.Draft!.Messages[0].Content));
    }

    [Theory]
    [InlineData("[\"One\", {\"prompt\": \"Two\"}, 3]")]
    [InlineData("\"One\" {\"prompt\": \"Two\"} 3")]
    [InlineData("\n  \"One\"\n{\n  \"prompt\": \"Two\"\n}\n3")]
    public async Task Json_ArrayOrValuesInARow_AreReadElementByElement(string json)
    {
        var lines = await ReadAsync("a.json", json);
        Assert.Equal(["One", "Two", null], lines.Select(l => l.Draft?.Messages[0].Content));
        Assert.Equal((3, "no-prompt"), (lines[2].Line, lines[2].Error!.Code));
    }

    [Fact]
    public async Task Json_BrokenElement_IsNamedAndTheOthersAreRead()
    {
        var lines = await ReadAsync("a.json", "[\"One, [two]\", {\"prompt\": }, \"Say \\\"three\\\"\"]");
        Assert.Equal([null, "invalid-json", null], lines.Select(l => l.Error?.Code));
        Assert.Equal(["One, [two]", "Say \"three\""], lines.Where(l => l.Draft is not null).Select(l => l.Draft!.Messages[0].Content));
    }

    [Fact]
    public async Task Json_NeverClosed_KeepsWhatStandsBefore()
    {
        var lines = await ReadAsync("a.json", "[\"One\", {\"prompt\": \"Two\"");
        Assert.Equal([null, "invalid-json"], lines.Select(l => l.Error?.Code));
    }

    [Fact]
    public async Task Json_ElementOfTwoMegabytes_IsRefusedAndTheRestRead()
    {
        var lines = await ReadAsync("a.json", $"[\"One\", \"{new string('x', 2_000_000)}\", \"Three\"]");
        Assert.Equal([null, "line-too-long", null], lines.Select(l => l.Error?.Code));
    }

    [Theory]
    [InlineData("prompt,group\n\"One, two\",g\n\"He said \"\"hi\"\"\nand left\",\n")]
    [InlineData("Prompt;Group\nOne, two;g\n\"He said \"\"hi\"\"\nand left\";\n")]
    public async Task Csv_QuotesLineBreaksAndSeparators_AreRead(string csv)
    {
        var lines = await ReadAsync("a.csv", csv);
        Assert.Equal(["One, two", "He said \"hi\"\nand left"], lines.Select(l => l.Draft!.Messages[0].Content));
        Assert.Equal(["g", null], lines.Select(l => l.Draft!.Group));
    }

    [Fact]
    public async Task Csv_OtherColumns_BecomeMetadataAndEmptyPromptsAreNamed()
    {
        var lines = await ReadAsync("a.csv", "id,text\n7,One\n8,\n");
        Assert.Equal("7", (string?)lines[0].Draft!.Metadata!["id"]);
        Assert.Equal((3, "empty-prompt"), (lines[1].Line, lines[1].Error!.Code));
    }

    [Fact]
    public async Task Csv_FieldOfTwoMegabytes_IsNamed()
    {
        var lines = await ReadAsync("a.csv", $"prompt\nOne\n\"{new string('x', 2_000_000)}\"\nThree\n");
        Assert.Equal("One", lines[0].Draft!.Messages[0].Content);
        Assert.Contains(lines, l => l.Error is not null && l.Error.Remedy.Contains("1048576", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Parquet_TextColumns_AreRead()
    {
        var prompt = new DataField<string>("prompt");
        var group = new DataField<string>("group");
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(prompt, group), file))
        {
            using var rows = writer.CreateRowGroup();
            await rows.WriteAsync(prompt, (string?[])["One", "Two", null]);
            await rows.WriteAsync(group, (string?[])["g", null, null]);
        }
        var lines = await ReadAsync("a.parquet", file.ToArray());
        Assert.Equal(["One", "Two", null], lines.Select(l => l.Draft?.Messages[0].Content));
        Assert.Equal("g", lines[0].Draft!.Group);
        Assert.Equal((3, "empty-prompt"), (lines[2].Line, lines[2].Error!.Code));
    }

    private static Task<List<PromptLine>> ReadAsync(string name, string content) => ReadAsync(name, Encoding.UTF8.GetBytes(content));

    private static async Task<List<PromptLine>> ReadAsync(string name, byte[] content) =>
        await PromptFileReader.ReadAsync(new MemoryStream(content), name).ToListAsync();
}
