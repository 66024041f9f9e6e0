using System.Security.Cryptography;
using System.Text;
using Rlhf.Generation;
using Rlhf.Labeling;
using Rlhf.Prompts;

namespace Rlhf.Local.Tests.Web;

/// <summary>Support messages with answers of mixed quality, as a generator would have written them.</summary>
public static class SampleComparisons
{
    private static readonly (string Prompt, string[] Answers)[] Texts =
    [
        ("Hi, my Aurora headphones arrived yesterday but the left side makes no sound. I already tried another phone. What can I do?",
            ["I'm sorry the left side is silent, and thank you for trying another phone first. Please hold the power button for ten seconds to reset the headphones. If that doesn't help, I'll gladly send you a replacement today; you can return the old pair with the enclosed label.",
             "Headphones sometimes break. Did you check the manual?",
             "Thank you for reaching out. There are many reasons why headphones may have no sound, and sound is very important, and our headphones are known for their sound, which is why many customers choose them for",
             "Please reset them by holding the power button for ten seconds. Should the left side stay silent, reply here and we will replace them free of charge."]),
        ("Can I change the delivery address of order 48213? It ships tomorrow.",
            ["Yes, as long as it hasn't shipped. Tell me the new address here and I'll change order 48213 right away; you will get a confirmation by email.",
             "No, that is not possible once an order is placed.",
             "Orders ship daily. Delivery addresses are entered at checkout.",
             "Of course! Please send me the new address and I will update your order today."]),
        ("I was charged twice for my June subscription. Please refund one of them.",
            ["I'm sorry about the double charge. I've found both payments from June and refunded the second one; it will be back on your card within three to five business days.",
             "Refunds can take a while. You should ask your bank.",
             "You were charged for your subscription because subscriptions are charged monthly.",
             "Sorry for the trouble! One of the two June payments is being refunded now. You'll see it in 3–5 days."]),
    ];

    public static Comparison Make(BatchId batch, int index, int answers = 2, int overlap = 1)
    {
        var (prompt, texts) = Texts[index % Texts.Length];
        return Make(batch, index, index < Texts.Length ? prompt : $"{prompt} My customer number is {20417 + index}.", texts, answers, overlap);
    }

    public static Comparison Make(BatchId batch, int index, string prompt, IReadOnlyList<string> texts, int answers = 2, int overlap = 1)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{batch}#{index}")))[..20];
        var drawn = Enumerable.Range(0, answers).Select(i => new Answer(
            ((char)('a' + i)).ToString(), texts[i % texts.Count] + (i < texts.Count ? "" : $" ({i})"), i % 2 == 0 ? "secret-generator-one" : "secret-generator-two",
            i == 2 ? FinishReason.Length : FinishReason.Stop, 4711 + i));
        return new(ComparisonId.From(id), batch, new Prompt(PromptId.From(id), [new(MessageRole.User, prompt)], Split.Train), [.. drawn], ComparisonKind.Ordinary, 1, overlap);
    }
}
