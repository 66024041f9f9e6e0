namespace Rlhf;

/// <summary>An operation that the state of a thing does not allow.</summary>
/// <param name="thing">E.g. <c>The campaign 'demo'</c>.</param>
/// <param name="to">The state the operation leads to.</param>
public sealed class IllegalTransitionException(string thing, string from, string to, string operation, string remedy)
    : RlhfException("illegal-transition", $"{thing} is {from}: '{operation}' (to {to}) is not possible.", remedy, httpStatus: 409)
{
    public string From { get; } = from;

    public string To { get; } = to;

    public string Operation { get; } = operation;
}
