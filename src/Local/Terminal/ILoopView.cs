namespace Rlhf.Local.Terminal;

/// <summary>Where progress is shown: bars on a terminal, plain lines where the output goes to a file or another program.</summary>
public interface ILoopView : IAsyncDisposable
{
    void Say(string line);

    void Show(IReadOnlyList<LoopProgress> steps);
}
