namespace Rlhf.Storage;

/// <summary>What both table stores refuse, in the same words.</summary>
public static class TableRules
{
    public const int MaximumBodyLength = 32_000;
    public const int MaximumOperations = 100;
    public const int MaximumKeyLength = 500;

    /// <exception cref="RlhfException"><c>invalid-table</c>, <c>invalid-table-key</c>, <c>row-too-large</c> or <c>invalid-table-write</c>.</exception>
    public static void CheckWrite(string table, string partition, IReadOnlyList<TableOperation> operations)
    {
        CheckTable(table);
        CheckKey(partition);
        if (operations.Count is 0 or > MaximumOperations)
            throw new RlhfException("invalid-table-write", $"{operations.Count} operations in one write to '{table}'.", $"Write 1 to {MaximumOperations} at a time.");
        var rows = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            CheckOperation(table, operation);
            if (!rows.Add(operation.Row))
                throw new RlhfException("invalid-table-write", $"Row '{operation.Row}' occurs twice in one write to '{table}'.", "Write each row once.");
        }
    }

    public static void CheckTable(string table)
    {
        if (table.Length is < 3 or > 63 || !char.IsAsciiLetterLower(table[0]) || !table.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            throw new RlhfException("invalid-table", $"'{table}' is not a table's name.", "A table's name is 3 to 63 lower-case letters and digits, a letter first.");
    }

    public static void CheckKey(string key)
    {
        if (key.Length is 0 or > MaximumKeyLength || key.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c) || char.IsSurrogate(c)))
            throw new RlhfException("invalid-table-key", $"'{Shorten(key)}' is not a table key.",
                $"A key is 1 to {MaximumKeyLength} characters without / \\ # ? and control characters.");
    }

    private static void CheckOperation(string table, TableOperation operation)
    {
        CheckKey(operation.Row);
        if (operation.Kind == TableOperationKind.Delete) return;
        if (operation.Body is null)
            throw new RlhfException("invalid-table-write", $"The {operation.Kind} of row '{operation.Row}' in '{table}' has no body.", "Give it one.");
        if (operation.Body.Length > MaximumBodyLength)
            throw new RlhfException("row-too-large", $"Row '{operation.Row}' of '{table}' has {operation.Body.Length} characters; {MaximumBodyLength} is the most.",
                "Put long texts into a blob and its path into the row.");
        if (operation.Kind == TableOperationKind.Replace && operation.ETag is null)
            throw new RlhfException("invalid-table-write", $"The Replace of row '{operation.Row}' in '{table}' has no ETag.", "Read the row first, or upsert it.");
    }

    private static string Shorten(string key) => key.Length > 100 ? key[..100] + "…" : key;
}
