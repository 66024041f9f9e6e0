using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Rlhf.Storage;

namespace Rlhf.Local.Storage;

/// <summary>One database file: many readers beside one writer, whose commits are shared. Writes that wait while one commit reaches the disk go together into the next.</summary>
public sealed class SqliteDatabase : IDisposable
{
    private const int MostWritesACommit = 256;
    private const int ConstraintViolation = 19;
    private const int DiskFull = 13;

    private readonly BlockingCollection<PendingWrite> pending = [];
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private readonly Thread writer;
    private volatile bool disposed;

    /// <param name="file">Made if missing, with its folder.</param>
    /// <param name="schema">Statements that make the tables if they are missing.</param>
    /// <exception cref="RlhfException">The file can't be opened, or is not a database.</exception>
    public SqliteDatabase(string file, params string[] schema)
        : this(file, session =>
        {
            foreach (var statement in schema) session.Execute(statement);
        })
    {
    }

    /// <param name="file">Made if missing, with its folder.</param>
    /// <param name="prepare">Makes what is missing in it.</param>
    /// <exception cref="RlhfException">The file can't be opened, or is not a database.</exception>
    public SqliteDatabase(string file, Action<SqliteSession> prepare)
    {
        File = Path.GetFullPath(file);
        var session = Guard(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(File)!);
            var opened = new SqliteSession(File);
            prepare(opened);
            return opened;
        });
        writer = new(() => WriteAll(session)) { IsBackground = true, Name = $"writer of {Path.GetFileName(File)}" };
        writer.Start();
    }

    public string File { get; }

    /// <summary>Runs <paramref name="work"/> in a transaction of its own making: all of it is committed to disk before the task completes, or none.</summary>
    /// <remarks>The work runs on the writer's thread, after all that was asked for before, and must only use the session.</remarks>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(disposed, this);
        var write = new PendingWrite<T>(work);
        try
        {
            pending.Add(write, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(SqliteDatabase));
        }

        return write.Task;
    }

    /// <summary>Reads what is committed; never waits for the writer.</summary>
    public T Read<T>(Func<SqliteSession, T> read)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return Guard(() =>
        {
            if (!readers.TryTake(out var session)) session = new(File);
            try
            {
                return read(session);
            }
            finally
            {
                if (disposed) session.Dispose();
                else readers.Add(session);
            }
        });
    }

    /// <summary>Finishes the writes that were asked for, then closes.</summary>
    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        pending.CompleteAdding();
        writer.Join();
        while (readers.TryTake(out var session)) session.Dispose();
        pending.Dispose();
    }

    private void WriteAll(SqliteSession session)
    {
        var group = new List<PendingWrite>();
        foreach (var first in pending.GetConsumingEnumerable())
        {
            group.Add(first);
            while (group.Count < MostWritesACommit && pending.TryTake(out var next)) group.Add(next);
            Commit(session, group);
            group.Clear();
        }

        session.Dispose();
    }

    private void Commit(SqliteSession session, List<PendingWrite> group)
    {
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            foreach (var write in group) RunAlone(session, write);
            session.Execute("COMMIT");
        }
        catch (Exception e)
        {
            RollBack(session);
            if (e is SqliteException { SqliteErrorCode: DiskFull }) GiveBackSpace(session);
            foreach (var write in group) write.Fail(Translate(e));
            return;
        }

        foreach (var write in group) write.Complete();
    }

    /// <summary>One caller's mistake must not undo the others' work, so each has its savepoint.</summary>
    private static void RunAlone(SqliteSession session, PendingWrite write)
    {
        session.Execute("SAVEPOINT one");
        try
        {
            write.Run(session);
            session.Execute("RELEASE one");
        }
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: not ConstraintViolation })
        {
            session.Execute("ROLLBACK TO one");
            session.Execute("RELEASE one");
            write.Fail(e);
        }
    }

    private static void RollBack(SqliteSession session)
    {
        try
        {
            session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does when the disk is full.
        }
    }

    /// <summary>The write-ahead log takes space until it is folded into the database; on a full disk that may be the space that is missing.</summary>
    private static void GiveBackSpace(SqliteSession session)
    {
        try
        {
            session.Query("PRAGMA wal_checkpoint(TRUNCATE)", row => row.GetInt32(0));
        }
        catch (SqliteException)
        {
            // There is not even room for that. The next failed write tries again.
        }
    }

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is SqliteException || StorageErrors.IsFileError(e))
        {
            throw Translate(e);
        }
    }

    private Exception Translate(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: DiskFull } => StorageErrors.Full(File, e),
        SqliteException { SqliteErrorCode: 8 or 14 or 23 } => StorageErrors.FromFile(File, new UnauthorizedAccessException(e.Message, e)),
        SqliteException { SqliteErrorCode: 11 or 26 } => new RlhfException("storage-damaged", $"'{File}' is damaged or not a database.",
            "Put back a copy of it, or move it away to begin anew.", 503, e),
        SqliteException { SqliteErrorCode: 5 or 6 } => new RlhfException("storage-busy", $"Another process has held '{File}' for half a minute.",
            "End the other process, then try again.", 503, e)
        { IsTransient = true },
        SqliteException => StorageErrors.FromFile(File, new IOException(e.Message, e)),
        _ when StorageErrors.IsFileError(e) => StorageErrors.FromFile(File, e),
        _ => e,
    };

    private abstract class PendingWrite
    {
        public abstract void Run(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception e);
    }

    private sealed class PendingWrite<T>(Func<SqliteSession, T> work) : PendingWrite
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;

        public Task<T> Task => done.Task;

        public override void Run(SqliteSession session) => result = work(session);

        public override void Complete() => done.TrySetResult(result);

        public override void Fail(Exception e) => done.TrySetException(e);
    }
}
