using System.Security.Cryptography;
using System.Text;
using Rlhf.Labeling;
using Rlhf.Storage;

namespace Rlhf.Preferences.Formats;

/// <summary>Other names for annotators: the same in every export of a campaign, and of no use without the campaign's own secret, since an owner may have chosen an annotator's id by name.</summary>
public sealed class Pseudonyms
{
    private const string Table = "pseudonyms";
    private const string Row = "secret";
    private const int SecretBytes = 16;

    private readonly byte[] secret;

    private Pseudonyms(byte[] secret) => this.secret = secret;

    /// <summary>The campaign's; its secret is made at the first export.</summary>
    public static async Task<Pseudonyms> OpenAsync(ITableStore tables, CampaignId campaign, CancellationToken cancellation = default)
    {
        if (await tables.FindAsync(Table, campaign.Value, Row, cancellation) is null)
            await tables.TryInsertAsync(Table, campaign.Value, Row, new PseudonymSecret(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes))), cancellation);
        var row = await tables.FindAsync(Table, campaign.Value, Row, cancellation);
        return new(Convert.FromHexString(row!.ReadBody<PseudonymSecret>().Secret));
    }

    public AnnotatorId Of(AnnotatorId annotator) => new("annotator-" + Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(annotator.Value)))[..12]);

    /// <summary>The ranking under its annotator's pseudonym.</summary>
    public Ranking Hide(Ranking ranking) => ranking with { Annotator = Of(ranking.Annotator) };
}

internal sealed record PseudonymSecret(string Secret);
