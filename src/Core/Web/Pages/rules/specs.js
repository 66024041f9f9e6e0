/** The rules of labeling as the pages show them: names are paths in the server's settings. fixed: stays as it is once the campaign is there, and why. empty: what no value means; example: shown where there is none. */
export const Groups = [
  { title: "Who else is asked", fields: [
    { name: "sharing.share", kind: "share", label: "Share asked of more, %", min: 0, max: 100, step: "any", hint: "Agreement is told from these." },
    { name: "sharing.overlap", kind: "number", label: "Annotators of those", min: 1, max: 50 },
    { name: "sharing.most", kind: "number", label: "At most, where they disagree", min: 1, max: 50, hint: "One more is asked each time there is no majority; then a reviewer decides." },
    { name: "sharing.test", kind: "number", label: "Annotators where models are judged", min: 1, max: 50 },
  ] },
  { title: "How annotators are checked", fields: [
    { name: "checks.goldShare", kind: "share", label: "Gold among the tasks, %", min: 0, max: 50, step: "any", hint: "Once you have made some, under Quality." },
    { name: "checks.repeatShare", kind: "share", label: "Own tasks asked again, %", min: 0, max: 50, step: "any", hint: "With sides swapped." },
    { name: "checks.practiceItems", kind: "number", label: "Practice before the first task", min: 0, max: 50, hint: "Gold marked as practice; 0 is none." },
    { name: "checks.neededAccuracy", kind: "share", label: "Of it right to go on, %", min: 0, max: 100, step: "any" },
    { name: "checks.concernBelow", kind: "share", label: "Worth a look below, %", min: 0, max: 100, step: "any", hint: "Right on gold, or the same as oneself. You decide who is paused or left out." },
  ] },
  { title: "What rankings become", fields: [
    { name: "voting", kind: "choice", label: "Several rankings of one comparison", options: [["majority", "What most prefer"], ["allVotes", "A pair for each vote"], ["dawidSkene", "Weighed by each annotator's errors (Dawid–Skene)"]], hint: "Pairs are derived anew when this changes." },
    { name: "trainOn", kind: "several", label: "Whose rankings count", options: [["person", "People"], ["simulated", "Simulated annotators"], ["llm", "Language models"]] },
  ] },
  { title: "In what order, and how many", fields: [
    { name: "rankingBudget", kind: "number", label: "Rankings a round, then training", min: 1, empty: "all that is open", hint: "The labeling closes soon after so many." },
    { name: "ordering.by", kind: "choice", label: "Asked first", options: [["random", "Any"], ["disagreement", "What small reward models disagree about"]], hint: "Matters where not everything will be ranked. Test and validation prompts stay at random." },
  ] },
  { title: "How answers are judged", fields: [
    { name: "form.scale", kind: "choice", label: "Two answers", options: [["2", "Which one is better"], ["4", "Clearly or slightly better"], ["7", "Much, clearly or slightly better"]], fixed: "Stays: stored rankings carry strengths of this scale." },
    { name: "form.manyAnswers", kind: "choice", label: "Three and more", options: [["tiers", "All, from best to worst"], ["bestAndWorst", "The best and the worst"]], fixed: "Stays: stored rankings were made this way." },
    { name: "form.breakAfter", kind: "minutes", label: "Break after minutes", min: 1, max: 480, empty: "never", step: "any" },
    { name: "form.dailyCap", kind: "number", label: "At most a day, per person", min: 1, empty: "no bound" },
    { name: "form.tooFastPerThousandCharacters", kind: "seconds", label: "Too fast below, seconds for 1,000 characters", min: 1, max: 120, empty: "never", step: "any" },
    { name: "form.comments", kind: "check", label: "Comments", onceOn: "Stays: somebody may be writing one." },
    { name: "form.betterAnswers", kind: "check", label: "Own, better answers (kept as SFT examples)", onceOn: "Stays: somebody may be writing one." },
  ] },
  { title: "Language model as judge", fields: [
    { name: "llmJudge.kind", kind: "choice", label: "Judge beside people", options: [["none", "None"], ["openAI", "OpenAI, or a compatible endpoint"], ["azureOpenAI", "Azure OpenAI"], ["onnx", "A model in ONNX"]], hint: "Another one judges anew." },
    { name: "llmJudge.model", kind: "text", label: "Its model or deployment", longest: 200 },
    { name: "llmJudge.endpoint", kind: "text", label: "Its address", longest: 500, example: "https://api.openai.com/v1" },
    { name: "llmJudge.name", kind: "text", label: "Its name here", longest: 60, hint: "The model's, unless you say another. The key stays in the host's settings, Generators:NAME:Key." },
  ] },
  { title: "Label Studio", fields: [
    { name: "labelTemplate", kind: "area", label: "Template (XML)", rows: 8, wide: true, example: "<View>\n  …\n  <Pairwise name=\"comparison\" toName=\"answer1,answer2\"/>\n</View>", hint: "With a Pairwise tag: two answers are then shown in Label Studio's own editor instead of the form. Another one holds for tasks that are shown from then on." },
    { name: "labelStudio.url", kind: "text", label: "A server to be labeled in too", longest: 500, example: "https://labels.example.org", onceSet: "Stays: tasks are there." },
    { name: "labelStudio.project", kind: "number", label: "Its project's number", min: 1, onceSet: "Stays: tasks are there." },
  ] },
];

/** What a campaign is never without a thought of. */
export const Essentials = { title: "The essentials", fields: [
  { name: "answers", kind: "number", label: "Answers a prompt", min: 2, max: 9, fixed: "Stays: comparisons have been made with so many." },
  { name: "overlap", kind: "number", label: "Annotators a comparison", min: 1, max: 50 },
] };

/** What is written once, when a campaign is made. */
export const Texts = { title: "Texts", fields: [
  { name: "title", kind: "text", label: "Title", longest: 200, required: true, example: "Support answers" },
  { name: "guidelines", kind: "area", label: "Guidelines", rows: 3, example: "Pick the answer you would rather have received." },
] };

/** Those that only make sense where the campaign is there. */
export const Campaign = { title: "The campaign", fields: [
  { name: "title", kind: "text", label: "Title", longest: 200 },
  ...Essentials.fields,
  { name: "lease", kind: "minutes", label: "A task is kept for minutes", min: 1, max: 1440, step: "any", hint: "For whoever has it on the screen and is away; reading renews it." },
] };
