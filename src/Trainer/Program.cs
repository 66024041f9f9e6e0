using Rlhf.Trainer.Native;

OpenMp.EnsureSpinCount();
TorchNatives.Prepare(Console.Error.WriteLine);
return 0;
