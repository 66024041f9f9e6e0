using System.Buffers;

namespace Rlhf.Preferences.Formats;

/// <summary>Stands before an output that writes asynchronously only, for libraries that write synchronously too: those bytes wait here for the next asynchronous call.</summary>
internal sealed class BlockStream(Stream output) : Stream
{
    private const int Block = 65_536;

    private readonly ArrayBufferWriter<byte> waiting = new(2 * Block);

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => waiting.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => waiting.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        waiting.Write(buffer.Span);
        if (waiting.WrittenCount >= Block) await SendAsync(cancellationToken);
    }

    /// <summary>Nothing is sent before an asynchronous call.</summary>
    public override void Flush()
    {
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    /// <summary>Sends what waits; the output stays open.</summary>
    public override async ValueTask DisposeAsync()
    {
        await SendAsync(CancellationToken.None);
        await base.DisposeAsync();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        if (waiting.WrittenCount == 0) return;
        await output.WriteAsync(waiting.WrittenMemory, cancellation);
        waiting.ResetWrittenCount();
    }
}
