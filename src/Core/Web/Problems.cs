using Microsoft.AspNetCore.Http;
using Rlhf.Json;

namespace Rlhf.Web;

/// <summary>RFC 9457 problem details, with a stable code and the way out.</summary>
/// <param name="Detail">What is wrong, naming the thing.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Field">Which member of the request it is about, where it is one.</param>
/// <param name="SignIn">Path of the sign-in that would help.</param>
public sealed record ProblemDocument(string Type, string Title, int Status, string Detail, string Code, string Remedy, string? TraceId = null, string? SignIn = null, string? Field = null);

public static class Problems
{
    public static IResult From(RlhfException e, string? signIn = null) => Write(Of(e.Code, e.HttpStatus, e.Message, e.Remedy) with { SignIn = signIn, Field = e.Field });

    /// <summary>Says nothing about what happened inside; the log has it under the trace id.</summary>
    public static IResult Unknown(string traceId) => Write(Of("internal-error", StatusCodes.Status500InternalServerError,
        "Something went wrong here.", $"Try again. If it stays, look for {traceId} in the server's log.") with
    { TraceId = traceId });

    private static ProblemDocument Of(string code, int status, string detail, string remedy) =>
        new($"urn:rlhf:problem:{code}", char.ToUpperInvariant(code[0]) + code[1..].Replace('-', ' '), status, detail, code, remedy);

    private static IResult Write(ProblemDocument problem) =>
        Results.Json(problem, RlhfJson.Options, "application/problem+json", problem.Status);
}
