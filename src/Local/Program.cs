using Rlhf.Local.Cli;

return await RlhfCommand.InvokeAsync(args);
