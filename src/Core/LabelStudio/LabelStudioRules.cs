using Rlhf.Campaigns;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Templates;

namespace Rlhf.LabelStudio;

/// <summary>What a campaign's settings for Label Studio must satisfy.</summary>
public static class LabelStudioRules
{
    /// <summary>Characters of template and guidelines together: with the rest of the settings they share one row.</summary>
    private const int MaximumTogether = 20_000;

    /// <exception cref="RlhfException"><c>broken-template</c>, <c>template-for-two</c> or <c>invalid-settings</c>.</exception>
    public static void Check(CampaignSettings settings)
    {
        if (settings.LabelTemplate is not { } xml) return;
        CheckScale(settings, TemplateReader.Read(xml));
        if (settings.Answers != 2)
            throw new RlhfException("template-for-two", $"A label template shows 2 answers, and the campaign '{settings.Id}' has {settings.Answers}.", "Ask for 2 answers a prompt, or leave labelTemplate out: the form ranks up to 9.");
        if (xml.Length + settings.Guidelines.Length > MaximumTogether)
            throw CampaignSettingsRules.Refuse("labelTemplate", $"The template and the guidelines have {xml.Length + settings.Guidelines.Length} characters together.", $"Shorten them to {MaximumTogether}.");
    }

    private static void CheckScale(CampaignSettings settings, LabelTemplate template)
    {
        if (template.Strongest is not { } strongest) return;
        var needed = strongest <= 2 ? 4 : 7;
        if (settings.Form.Scale < needed)
            throw CampaignSettingsRules.Refuse("form.scale", $"The label template asks how much better an answer is, in {strongest} steps, and the scale has {settings.Form.Scale} points.",
                $"Set form.scale to {needed}, or leave the steps out of '{VerdictWords.FieldName}'.");
    }
}
