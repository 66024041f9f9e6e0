namespace Rlhf.Local.Durable;

/// <summary>The engine's tables. An execution is one life of an instance between two continue-as-news; what belongs to an earlier one is stale.</summary>
internal static class DurableSchema
{
    public static readonly string[] Statements =
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
}
