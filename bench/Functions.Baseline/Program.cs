using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

// The obvious durable design for labeling: every prompt an activity, every ranking an external event. Nothing of the product is in it; it is here to be measured.
var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Build().Run();
