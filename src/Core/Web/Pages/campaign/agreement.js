import { h } from "../shared/dom.js";
import { interval, number, percent, plural } from "../shared/format.js";

const Voting = { majority: "the majority's choice", allVotes: "one for each vote", dawidSkene: "weighed by each annotator's errors (Dawid–Skene)" };

/** How much annotators agree, on which answer won. */
export function agreementFigures({ agreement, voting, reviews }) {
  const waiting = reviews > 0 ? ` ${plural(reviews, "comparison")} without a majority ${reviews === 1 ? "waits" : "wait"} for a reviewer, whom you can invite under People.` : "";
  const pairs = h("p", { class: "muted small" }, `Pairs: ${Voting[voting]}.${waiting}`);
  if (agreement.comparisons === 0) return [h("p", { class: "muted" }, "Agreement needs comparisons that two annotators have ranked."), pairs];
  return [
    h("dl", { class: "figures" },
      figure("Raw agreement", agreement.raw, percent), figure("Krippendorff's alpha", agreement.alpha, number),
      figure("Gwet's AC1", agreement.ac1, number), agreement.ac2 && figure("AC2, by strength", agreement.ac2, number),
      h("div", {}, h("dt", {}, "From"), h("dd", {}, plural(agreement.comparisons, "comparison"), h("small", {}, "ranked twice or more")))),
    pairs,
  ];
}

function figure(label, estimate, write) {
  return h("div", {}, h("dt", {}, label), h("dd", {}, write(estimate?.value), h("small", {}, estimate ? interval(estimate, write) : "nothing tells")));
}
