using Rlhf.Judging;
using Rlhf.Prompts;

namespace Rlhf.Core.Tests.Judging;

public sealed class SupportRuleTests
{
    private const string Good = "I'm sorry that your Velta coffee machine leaks from the bottom. Please check the seal and close the lid firmly. If that does not help, we will send you a new Velta coffee machine.";

    private static readonly IReadOnlyList<Message> Prompt = [new(MessageRole.User, "Hi, my Velta coffee machine leaks from the bottom. What can I do?")];

    [Theory]
    [InlineData(Good, "Not this again. There is nothing we can do about the leak.")]
    [InlineData(Good, "I'm sorry that your Velta coffee machine leaks from the bottom. We cannot help you with that.")]
    [InlineData(Good, "I'm sorry that your Velta coffee machine leaks from the bottom. Please rub a little soap on the zip.")]
    [InlineData(Good, "I'm sorry that your winter coat leaks from the bottom. Please check the seal and close the lid firmly. If that does not help, we will send you a new winter coat.")]
    [InlineData(Good, "I'm sorry that your Velto coffee machine leaks from the bottom. Please check the seal and close the lid firmly. If that does not help, we will send you a new Velto coffee machine.")]
    [InlineData(Good, "I'm sorry that your Velta coffee machine leaks from the bottom. Please check the seal and close the lid firmly. If that does not help, we will send you")]
    [InlineData(Good, "I'm sorry that your Velta coffee machine leaks from the bottom. By the way, we now sell socks too. Please check the seal and close the lid firmly. Of course it all depends on this and that.")]
    [InlineData(Good, "I'm sorrv that yuor Velta coffee machine leks from teh bottom. Plase check teh seal and clos the lid frmly.")]
    [InlineData("Sorry about the leak! Please check the seal and close the lid firmly.", "What did you do to the Velta coffee machine? Please check the seal and close the lid firmly.")]
    [InlineData("We apologize for the leak. You can have your money back.", "We apologize for the leak.")]
    [InlineData("Thank you for telling us about your Velta coffee machine.", "Thank you for telling us about your coffee machine.")]
    [InlineData("Thank you for telling us about your coffee machine.", "Thank you for telling us about your sofa.")]
    [InlineData("You can have your money back.", "Thank you for your message.")]
    [InlineData("Please check the seal and close the lid firmly.", "Thank you for your message. Have a nice day!")]
    [InlineData("We cannot help you with that.", "")]
    public void Score_ObviouslyBetterAnswer_HasMorePoints(string better, string worse) =>
        Assert.True(SupportRule.Score(Prompt, better) > SupportRule.Score(Prompt, worse) + 0.25);

    [Theory]
    [InlineData("Sorry about the leak! Sorry about the leak! Sorry about the leak! Sorry about the leak!")]
    [InlineData("We are sorry about the leak. We apologize for the leak. I'm sorry that your Velta coffee machine leaks from the bottom. Sorry about the leak! Thank you for your message.")]
    [InlineData("sorry please free refund new thank you velta coffee machine help sorry please free refund")]
    [InlineData("Please check the seal and close the lid firmly. You can check the seal and close the lid firmly. To solve this, please tighten the ring at the bottom. Please tighten the ring at the bottom.")]
    [InlineData("Velta coffee machine Velta coffee machine Velta coffee machine Velta coffee machine.")]
    [InlineData("We will refund you in full. We will send you a new Velta coffee machine free of charge. You can have your money back. We will gladly replace your Velta coffee machine. Have a nice day! Let us know if it works.")]
    [InlineData("qwzx vbrl ompf trzz kkla wepq")]
    public void Score_RepeatedPraiseOrWordSalad_LosesToAPlainGoodAnswer(string hack) =>
        Assert.True(SupportRule.Score(Prompt, hack) < SupportRule.Score(Prompt, "We apologize for the leak. Please check the seal and close the lid firmly.") - 0.5);

    [Fact]
    public void Score_AddingAGoodSentenceAgain_NeverGainsPoints()
    {
        foreach (var sentence in Good.Split(". ").Select(s => s.TrimEnd('.') + "."))
            Assert.True(SupportRule.Score(Prompt, $"{Good} {sentence}") < SupportRule.Score(Prompt, Good));
    }

    [Fact]
    public void Score_Gibberish_FallsWithEveryWordOfIt()
    {
        var scores = Enumerable.Range(0, 6).Select(n => SupportRule.Score(Prompt, "Please check the seal and close " + string.Concat(Enumerable.Repeat("brulf ", n)) + "the lid firmly.")).ToList();
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal(scores.Count, scores.Distinct().Count());
    }

    [Theory]
    [InlineData(Good, true)]
    [InlineData("Sorry about the zip! Kind regards, your support team", true)]
    [InlineData("Sorry about the zip! Kind regards, your", false)]
    [InlineData("Sorry about the the zip!", false)]
    [InlineData("We will repair", false)]
    [InlineData("", false)]
    public void IsFluent_OnlyWholeSentencesOfTheLanguage(string answer, bool expected) => Assert.Equal(expected, SupportRule.IsFluent(answer));

    [Fact]
    public void Score_LowerCasePrompt_FindsTheBrand()
    {
        IReadOnlyList<Message> prompt = [new(MessageRole.User, "my new quorvel kettle leaks from the bottom")];
        Assert.True(SupportRule.Score(prompt, "Sorry about the leak with your Quorvel kettle.") > SupportRule.Score(prompt, "Sorry about the leak with your Brannel kettle."));
    }

    [Fact]
    public void Score_ProductAndProblemInDifferentTurns_FindsBoth()
    {
        IReadOnlyList<Message> prompt =
        [
            new(MessageRole.User, "Something I bought from you leaks from the bottom."), new(MessageRole.Assistant, "Which product is it about?"), new(MessageRole.User, "It is the Velta kettle."),
        ];
        Assert.True(SupportRule.Score(prompt, "I'm sorry that your Velta kettle leaks from the bottom.") > SupportRule.Score(prompt, "I'm sorry that your kettle came in the wrong color."));
    }

    [Theory]
    [InlineData("What is the capital of France?")]
    [InlineData("")]
    [InlineData("🙂🙂🙂 \0 中文")]
    public void Score_PromptOrAnswerOfAnotherKind_IsANumber(string text)
    {
        Assert.True(double.IsFinite(SupportRule.Score([new(MessageRole.User, text)], Good)));
        Assert.True(double.IsFinite(SupportRule.Score(Prompt, text)));
    }

    [Fact]
    public void Language_NamesAndPhrases_AreUnambiguous()
    {
        var language = SupportLanguage.Default;
        Assert.Equal(language.Products.Count, language.Products.Select(p => p.Name).Distinct().Count());
        Assert.Equal(language.Problems.Count, language.Problems.Select(p => p.Says).Distinct().Count());
        Assert.Equal(language.Problems.Count, language.Problems.Select(p => p.About).Distinct().Count());
        Assert.Empty(language.Brands.Intersect(language.HeldOutBrands));
        Assert.All(language.Products, p => Assert.NotEmpty(language.ProblemsOf(p)));
    }
}
