using System.Diagnostics;
using Rlhf.Generation.Tokenization;
using Rlhf.Telemetry;

namespace Rlhf.Generation.Onnx;

/// <summary>Answers from a local model through ONNX Runtime: batched, with a key-value cache, seeded.</summary>
/// <remarks>An answer depends on its request's messages, seed and the sampling settings, not on what else is asked for at the same time.
/// Calls may overlap; one batch is computed at a time, so that memory stays bounded.</remarks>
public sealed class OnnxGenerator : IGenerator
{
    private readonly OnnxModel model;
    private readonly ChatTokenizer tokenizer;
    private readonly ChatDecoding decoding;
    private readonly SemaphoreSlim gate = new(1);

    private OnnxGenerator(string name, OnnxModel model, ChatTokenizer tokenizer)
    {
        (Name, this.model, this.tokenizer) = (name, model, tokenizer);
        decoding = new(tokenizer, model.Shape.Positions, name);
    }

    public string Name { get; }

    /// <param name="folder">Hugging Face layout with <c>model.onnx</c>; <see cref="ModelCache"/> brings one from storage.</param>
    /// <exception cref="RlhfException"><c>model-missing</c>, <c>model-damaged</c>, <c>tokenizer-missing</c>, <c>tokenizer-damaged</c>; each names the file.</exception>
    public static OnnxGenerator Load(string name, string folder, OnnxOptions? options = null)
    {
        var file = Path.Combine(folder, "model.onnx");
        var model = OnnxModel.Load(file, OnnxDecoderNames.Logits, options ?? new());
        try
        {
            var tokenizer = ChatTokenizer.Load(folder);
            if (tokenizer.VocabularySize > model.Shape.Vocabulary)
                throw OnnxSessions.Damaged(file, $"it knows {model.Shape.Vocabulary} tokens and its tokenizer {tokenizer.VocabularySize}; they don't belong together.");
            return new(name, model, tokenizer);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GenerationOutcome>> GenerateAsync(
        IReadOnlyList<GenerationRequest> requests, SamplingSettings sampling, CancellationToken cancellation = default)
    {
        using var call = GenerationCall.Start("onnxruntime", Name, Name, sampling, requests.Count, ActivityKind.Internal);
        try
        {
            var outcomes = await decoding.AnswerAsync(requests, sampling, asked => DecodeAsync(asked, sampling, cancellation));
            foreach (var outcome in outcomes) call.Answered(outcome);
            return outcomes;
        }
        catch (Exception e)
        {
            call.Failed(e.GetType().Name);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        model.Dispose();
        gate.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<DecodedAnswer>> DecodeAsync(IReadOnlyList<DecodingRequest> requests, SamplingSettings sampling, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => OnnxDecoder.Decode(model, requests, sampling, tokenizer.EndTokenId, cancellation), cancellation);
        }
        finally
        {
            gate.Release();
        }
    }
}
