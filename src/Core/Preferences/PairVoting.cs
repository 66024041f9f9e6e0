namespace Rlhf.Preferences;

/// <summary>How several annotators' rankings of one comparison become pairs.</summary>
public enum PairVoting
{
    /// <summary>One pair: what most of them prefer; an even split gives none.</summary>
    Majority,

    /// <summary>A pair for each annotator who prefers one: disagreement stays in the data, as many ways as it was voiced. Together they weigh what one pair would.</summary>
    AllVotes,

    /// <summary>One pair: what is most probable given each annotator's own errors (<see cref="DawidSkene"/>).</summary>
    DawidSkene,
}
