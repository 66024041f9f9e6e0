using Rlhf.Local.Tests.Children;
using Xunit.Runner.InProc.SystemConsole;

// Tests that kill a process for real start this assembly again as that process.
if (args is ["child", var name, .. var rest]) return await ChildPrograms.RunAsync(name, rest);
if (args.Any(a => a is "--server" or "--internal-msbuild-node"))
    return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, Rlhf.Local.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions);
return await ConsoleRunner.Run(args);
