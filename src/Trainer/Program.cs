using Rlhf;
using Rlhf.Trainer.Job;
using Rlhf.Trainer.MakeModel;
using Rlhf.Trainer.Native;
using Rlhf.Trainer.Onnx;
using Rlhf.Training.Contract;

OpenMp.EnsureSpinCount();
try
{
    TorchNatives.Prepare(JobLog.Write);
    if (args is [] or ["job"] or ["doctor"]) TorchDevice.Choose();
    return args switch
    {
        [] or ["job"] => await JobCommand.RunAsync(),
        ["doctor"] => await DoctorCommand.RunAsync(Console.Out),
        ["export", "--model", var folder] => Export(folder),
        ["schemas", var folder] => Done(() => WriteSchemas(folder)),
        ["make-model", .. var options] => await MakeModelAsync(options),
        ["measure-model", .. var options] => Done(() => MakeModelCommand.Measure(options, Console.Out)),
        ["make-prompts", .. var options] => Done(() => MakeModelCommand.MakePrompts(options, Console.Out)),
        _ => Usage(),
    };
}
catch (RlhfException e)
{
    JobLog.Write($"{e.Message} {e.Remedy}");
    return ExitCodes.NotStarted;
}

static int Export(string folder)
{
    ExportCommand.Run(folder);
    Console.WriteLine($"{folder}/{OnnxExport.FileName} agrees with torch.");
    return ExitCodes.Done;
}

static void WriteSchemas(string folder)
{
    foreach (var (name, schema) in JobContract.Schemas) File.WriteAllText(Path.Combine(folder, name), schema);
}

static async Task<int> MakeModelAsync(string[] options)
{
    await MakeModelCommand.MakeModelAsync(options, Console.Out);
    return ExitCodes.Done;
}

static int Done(Action command)
{
    command();
    return ExitCodes.Done;
}

static int Usage()
{
    Console.Error.WriteLine("""
        rlhf-trainer [job]                    runs the job that RLHF_JOB names, on the storage that RLHF_STORAGE names
        rlhf-trainer doctor                   checks whether this machine can train
        rlhf-trainer export --model <folder>  writes model.onnx beside a model's weights
        rlhf-trainer schemas <folder>         writes the JSON Schemas of the job's contract
        """);
    Console.Error.WriteLine(MakeModelCommand.Usage);
    return ExitCodes.NotStarted;
}
