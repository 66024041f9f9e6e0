using Rlhf.Local.Storage;

namespace Rlhf.Local.Durable;

/// <summary>The engine's tables. An execution is one life of an instance between two continue-as-news; what belongs to an earlier one is stale.</summary>
internal static class DurableSchema
{
    /// <summary>Columns that came later. Data folders made before have their tables without them; what is in them then has none.</summary>
    private static readonly (string Table, string Column)[] added = [("instances", "trace"), ("inbox", "trace"), ("work", "trace"), ("work", "cause")];

    private static readonly string[] statements =
    [
        """
        CREATE TABLE IF NOT EXISTS instances (
            id TEXT PRIMARY KEY, orchestrator TEXT NOT NULL, status TEXT NOT NULL, execution TEXT NOT NULL, input TEXT, output TEXT, customStatus TEXT,
            failure TEXT, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL, parent TEXT, parentExecution TEXT, parentStep INTEGER) WITHOUT ROWID
        """,
        """
        CREATE TABLE IF NOT EXISTS history (
            instance TEXT, position INTEGER, kind TEXT NOT NULL, step INTEGER, name TEXT, payload TEXT, at INTEGER, message INTEGER,
            PRIMARY KEY (instance, position)) WITHOUT ROWID
        """,
        // AUTOINCREMENT: numbers are never used again, so an unread event can go back to its place.
        """
        CREATE TABLE IF NOT EXISTS inbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, execution TEXT, kind TEXT, step INTEGER, name TEXT, payload TEXT)
        """,
        "CREATE INDEX IF NOT EXISTS inboxByInstance ON inbox (instance, id)",
        """
        CREATE TABLE IF NOT EXISTS work (
            id INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, execution TEXT NOT NULL, step INTEGER NOT NULL, activity TEXT NOT NULL, input TEXT)
        """,
        "CREATE INDEX IF NOT EXISTS workByInstance ON work (instance)",
        """
        CREATE TABLE IF NOT EXISTS timers (
            instance TEXT, execution TEXT, step INTEGER, dueAt INTEGER NOT NULL, PRIMARY KEY (instance, execution, step)) WITHOUT ROWID
        """,
    ];

    /// <summary>Makes what is missing, and nothing else.</summary>
    public static void Prepare(SqliteSession session)
    {
        foreach (var statement in statements) session.Execute(statement);
        foreach (var (table, column) in added)
        {
            if (session.Find("SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2", r => r.GetInt32(0), table, column) == 0)
                session.Execute($"ALTER TABLE {table} ADD COLUMN {column} TEXT");
        }
    }
}
