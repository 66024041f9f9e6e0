import { h, show } from "../shared/dom.js";
import { attempt, keepFresh } from "../shared/owner.js";
import { agreementFigures } from "./agreement.js";
import { annotatorTable } from "./annotators.js";
import { generatorTable } from "./generators.js";

/** The card that says how annotators and generators do. It is drawn anew only when something changed, so that a button under the pointer stays. */
export async function mountQuality(card, api, base) {
  let shown = "";
  const refresh = async () => {
    const quality = await api("GET", `${base}/quality`);
    const text = JSON.stringify({ ...quality, at: undefined });
    if (text === shown) return;
    shown = text;
    show(card, qualityParts(quality, act));
  };
  const act = (annotator, operation) => attempt(async () => {
    await api("POST", `${base}/annotators/${annotator}/${operation}`);
    await refresh();
  });
  show(card, h("h2", {}, "Quality"), h("p", { class: "muted" }, "Counting…"));
  await refresh();
  setTimeout(() => keepFresh(refresh, 5), 5000);
}

function qualityParts(quality, act) {
  return [
    h("h2", {}, "Quality"),
    ...agreementFigures(quality),
    quality.annotators.length > 0 && annotatorTable(quality.annotators, act),
    ...(quality.generators.length > 0 ? generatorTable(quality.generators) : []),
  ];
}
