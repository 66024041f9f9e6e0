using System.Threading.Channels;

namespace Rlhf.Local.Durable;

/// <summary>Instances that have messages. Each is given to one taker at a time, and again if something came meanwhile.</summary>
internal sealed class ReadyQueue
{
    private enum State { Queued, Taken, TakenAndReady }

    private readonly Lock gate = new();
    private readonly Dictionary<string, State> states = [];
    private readonly Channel<string> queue = Channel.CreateUnbounded<string>();

    public void Add(string instance)
    {
        lock (gate)
        {
            if (states.TryGetValue(instance, out var state))
            {
                if (state == State.Taken) states[instance] = State.TakenAndReady;
                return;
            }

            states[instance] = State.Queued;
            queue.Writer.TryWrite(instance);
        }
    }

    public async ValueTask<string> TakeAsync(CancellationToken cancellation)
    {
        var instance = await queue.Reader.ReadAsync(cancellation);
        lock (gate) states[instance] = State.Taken;
        return instance;
    }

    /// <summary>The taker is done with it.</summary>
    public void Release(string instance)
    {
        lock (gate)
        {
            if (states.Remove(instance, out var state) && state == State.TakenAndReady) Add(instance);
        }
    }
}
