namespace Rlhf.Contracts.Storage;

/// <summary>A forward-only stream of known bytes that nobody has to hold in memory; it may break off with an error.</summary>
public sealed class PatternStream(long length, long failAt = long.MaxValue) : Stream
{
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => position; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        if (position >= failAt) throw new InvalidDataException("The source broke off.");
        var count = (int)Math.Min(buffer.Length, length - position);
        for (var i = 0; i < count; i++) buffer[i] = (byte)((position + i) * 31 >> 3);
        position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
