using System.Net;
using Rlhf.Generation;
using Rlhf.Prompts;

namespace Rlhf.Training.FineTuning;

/// <summary>From the tuned model to its first answer: deployed by the pipeline where it knows the account, by a person otherwise.</summary>
internal sealed class DeploymentSteps(IGeneratorFactory generators, FineTuningOptions options, TimeProvider time)
{
    private static readonly SamplingSettings short16 = new(MaximumTokens: 16);

    /// <returns>Whether the tuned model answers.</returns>
    /// <exception cref="RlhfException"><c>tuned-model-not-deployed</c>, <c>deployment-failed</c>.</exception>
    public async Task<bool> TakeAsync(FineTuningWork work, DeploymentClient? deployments, CancellationToken cancellation)
    {
        if (deployments is not null ? !await DeployAsync(work, deployments, cancellation) : !await IsAnsweringAsync(work, cancellation))
        {
            if (deployments is null) await WaitAsync(work, ByHand(work), cancellation);
            return Missed(work) ? throw FineTuningFailures.TooLate(work.Record, options.DeployWithin) : false;
        }
        await work.SaveAsync(work.Record with { TunedDeployment = work.Record.TargetDeployment }, cancellation);
        // What Resource Manager calls ready may take minutes more to answer.
        if (deployments is null || await IsAnsweringAsync(work, cancellation)) return true;
        await WaitAsync(work, $"The deployment '{work.Record.TargetDeployment}' is made and does not answer yet.", cancellation);
        return Missed(work) ? throw FineTuningFailures.TooLate(work.Record, options.DeployWithin) : false;
    }

    private bool Missed(FineTuningWork work) => time.GetUtcNow() - work.Record.TrainedAt > options.DeployWithin;

    private async Task<bool> DeployAsync(FineTuningWork work, DeploymentClient deployments, CancellationToken cancellation)
    {
        var name = work.Record.TargetDeployment;
        var there = await deployments.FindAsync(name, cancellation);
        if (there is null)
        {
            // Said before it is done, so that whatever comes of it is taken away again where the run is stopped.
            await work.SaveAsync(work.Record with { HasDeployed = true }, cancellation);
            try
            {
                there = await deployments.PutAsync(name, work.Record.TunedModel!, work.Tuning.DeploymentSku, work.Tuning.DeploymentCapacity, cancellation);
            }
            catch (ProviderException e) when (!e.IsTransient)
            {
                // The training is paid for: the run waits for quota, a role or a person rather than failing at once.
                await WaitAsync(work, $"The tuned model '{work.Record.TunedModel}' is there, but Azure refuses its deployment: {e.Message} {RemedyFor(e, work)}", cancellation);
                return false;
            }
        }
        if (there.State is "Failed" or "Canceled" or "Disabled") throw FineTuningFailures.DeploymentFailed(work.Record, there.State);
        return there.State == "Succeeded";
    }

    private async Task<bool> IsAnsweringAsync(FineTuningWork work, CancellationToken cancellation)
    {
        var settings = PolicyName.GeneratorOf(work.Settings, "tuned", PolicyName.OfDeployment(work.Record.TargetDeployment));
        try
        {
            var generator = await generators.OpenAsync(settings with { Sampling = short16 }, cancellation);
            var outcome = (await generator.GenerateAsync([new([new Message(MessageRole.User, "Hello")], Seed: 1)], short16, cancellation))[0];
            return outcome.Text is not null || outcome.Failure is { IsTransient: false };
        }
        catch (RlhfException)
        {
            // No such deployment yet, a key refused, an endpoint away: whichever, it does not answer.
            return false;
        }
    }

    private Task WaitAsync(FineTuningWork work, string reason, CancellationToken cancellation) =>
        work.SaveAsync(work.Record with { Waiting = reason, NotBefore = time.GetUtcNow() + options.Rest }, cancellation);

    private static string RemedyFor(ProviderException e, FineTuningWork work) => e switch
    {
        { IsRefusedKey: true } => "Give the identity the role 'Cognitive Services OpenAI Contributor' on the account.",
        _ when e.Code?.Contains("Quota", StringComparison.OrdinalIgnoreCase) == true =>
            $"Raise the quota for {work.Tuning.DeploymentSku} or delete a deployment; it is tried again by itself. Or deploy it by hand as '{work.Record.TargetDeployment}' with less capacity than {work.Tuning.DeploymentCapacity}.",
        { Status: HttpStatusCode.BadRequest } => $"Deploy it by hand as '{work.Record.TargetDeployment}', in whichever way it can be; it is looked for.",
        _ => "It is tried again by itself.",
    };

    private static string ByHand(FineTuningWork work) =>
        $"The tuned model is there: deploy '{work.Record.TunedModel}' under the name '{work.Record.TargetDeployment}' at {work.Record.Endpoint.Host} (Azure portal, or az cognitiveservices account deployment create "
        + $"--deployment-name {work.Record.TargetDeployment} --model-name {work.Record.TunedModel} --model-version 1 --model-format OpenAI --sku-name {work.Tuning.DeploymentSku} --sku-capacity {work.Tuning.DeploymentCapacity} "
        + "--name <resource> --resource-group <group>). The run goes on once it answers.";
}
