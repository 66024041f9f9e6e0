using Rlhf.Campaigns;
using Rlhf.LabelStudio.Results;
using Rlhf.LabelStudio.Templates;

namespace Rlhf.LabelStudio;

/// <summary>What a campaign's settings for Label Studio must satisfy.</summary>
public static class LabelStudioRules
{
    /// <summary>Characters of template and guidelines together: with the rest of the settings they share one row.</summary>
    private const int MaximumTogether = 20_000;

    /// <summary>How names of settings begin that a campaign may name: it can't send another secret of the host to a server of its choosing.</summary>
    private const string SettingPrefix = "RLHF_LABEL_STUDIO_";

    /// <exception cref="RlhfException"><c>broken-template</c>, <c>template-for-two</c> or <c>invalid-settings</c>.</exception>
    public static void Check(CampaignSettings settings)
    {
        if (settings.LabelStudio is { } server) CheckServer(server);
        CheckTemplate(settings);
    }

    private static void CheckServer(LabelStudioSettings server)
    {
        if (server.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https", UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 })
            throw CampaignSettingsRules.Refuse("labelStudio.url", $"'{server.Url}' is no server's address.", "Give it as http:// or https:// with a name, without user, query and fragment.");
        if (server.Project < 1) throw CampaignSettingsRules.Refuse("labelStudio.project", $"There is no project {server.Project}.", "Take the number from the project's address: /projects/<number>/.");
        foreach (var name in (string[])[server.TokenSetting, server.WebhookSetting])
            if (!name.StartsWith(SettingPrefix, StringComparison.Ordinal) || name.Length > 100 || !name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_'))
                throw CampaignSettingsRules.Refuse("labelStudio", $"A secret can't be read from the setting '{name}'.", $"Keep it in one whose name begins with {SettingPrefix}, e.g. {AppSettings.LabelStudioToken}.");
        if (server.PollEvery < TimeSpan.FromSeconds(1) || server.PollEvery > TimeSpan.FromDays(1))
            throw CampaignSettingsRules.Refuse("labelStudio.pollEvery", $"The server is asked every {server.PollEvery}.", "Choose 1 second to a day; 5 minutes is usual.");
    }

    private static void CheckTemplate(CampaignSettings settings)
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
