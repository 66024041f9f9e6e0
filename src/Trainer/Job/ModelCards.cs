using System.Globalization;
using System.Text.Json;
using Rlhf.Json;
using Rlhf.Preferences;
using Rlhf.Prompts;
using Rlhf.Training;

namespace Rlhf.Trainer.Job;

/// <summary>The README.md that goes with a published model.</summary>
internal static class ModelCards
{
    public static string Reward(TrainingJob job, RunResults results, IReadOnlyList<PreferencePair> pairs)
    {
        var kinds = pairs.SelectMany(pair => pair.AnnotatorKinds).Distinct().Order().Select(kind => kind.ToString().ToLowerInvariant());
        var counts = Enum.GetValues<Split>().Select(split => $"{pairs.Count(pair => pair.Split == split)} {split.ToString().ToLowerInvariant()}");
        return $"""
            # Reward model of run {job.Run}

            Scores an answer to a prompt; higher is better. The score is the last token's, end token included; subtract the mean and divide by the deviation in
            `reward_normalization.json` (measured on the policy's own answers to train prompts before tuning).

            | | |
            |---|---|
            | trunk from | `{job.RewardStart ?? job.Policy}` |
            | preference pairs | {string.Join(", ", counts)} |
            | ranked by | {string.Join(", ", kinds)} annotators |
            | agrees with their rankings | train {Percent(results.RewardAccuracyTrain)}, validation {Percent(results.RewardAccuracyValidation)}, test {Percent(results.RewardAccuracyTest)} |

            ```json
            {JsonSerializer.Serialize(job.Settings.Reward, RlhfJson.Indented)}
            ```

            It knows what its annotators were asked about and nothing else, and it can be fooled by answers unlike those it has seen.
            """ + "\n";
    }

    public static string Policy(TrainingJob job, RunResults results)
    {
        var kl = results.KlMean is { } nats ? string.Create(CultureInfo.InvariantCulture, $"{nats:f2} nats a sequence (its own samples, test prompts)") : "not measured";
        return $"""
            # Policy of run {job.Run}

            Tuned from `{job.Policy}` by {string.Join(", ", job.Stages.Select(stage => stage.ToString().ToLowerInvariant()))}, seed {job.Seed}.

            | | |
            |---|---|
            | KL to where it started | {kl} |
            | mean reward on test prompts | {Number(results.MeanRewardBefore)} before, {Number(results.MeanRewardAfter)} after (by the reward model it was trained on, so no evidence of quality) |
            | reward model agrees with its annotators | {Percent(results.RewardAccuracyTest)} of test pairs |

            ```json
            {JsonSerializer.Serialize(job.Settings, RlhfJson.Indented)}
            ```

            `model.onnx` was compared with torch before it was published. It is made for prompts like those it was tuned on; whether people prefer it stands in the run's report.
            """ + "\n";
    }

    private static string Percent(double? share) => share is { } value ? value.ToString("p1", CultureInfo.InvariantCulture) : "not measured";

    private static string Number(double? value) => value is { } number ? number.ToString("+0.00;-0.00", CultureInfo.InvariantCulture) : "not measured";
}
