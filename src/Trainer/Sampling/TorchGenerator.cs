using Rlhf.Generation;
using Rlhf.Generation.Tokenization;
using Rlhf.Trainer.Gpt2;
using Rlhf.Trainer.Models;

namespace Rlhf.Trainer.Sampling;

/// <summary>Answers from a model that torch computes, on the GPU where there is one.</summary>
internal sealed class TorchGenerator : IGenerator
{
    private readonly Gpt2Model model;
    private readonly ChatTokenizer tokenizer;
    private readonly ChatDecoding decoding;

    private TorchGenerator(string name, Gpt2Model model, ChatTokenizer tokenizer)
    {
        (Name, this.model, this.tokenizer) = (name, model, tokenizer);
        decoding = new(tokenizer, model.ContextLength, name);
    }

    public string Name { get; }

    /// <param name="folder">Hugging Face layout; needs no <c>model.onnx</c>.</param>
    /// <exception cref="RlhfException"><c>model-missing</c>, <c>model-damaged</c>, <c>tokenizer-missing</c>, ...; each names the file.</exception>
    public static TorchGenerator Load(string name, string folder)
    {
        var tokenizer = ChatTokenizer.Load(folder);
        return new(name, ModelFolder.Load(folder), tokenizer);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(
        IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default) => decoding.AnswerAsync(
            requests, sampling, asked => Task.FromResult(TorchDecoder.Decode(model, asked, sampling, tokenizer.EndTokenId, cancellation)));

    public ValueTask DisposeAsync()
    {
        model.Dispose();
        return ValueTask.CompletedTask;
    }
}
