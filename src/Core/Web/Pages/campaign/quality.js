import { h, show } from "../shared/dom.js";
import { attempt } from "../shared/owner.js";
import { agreementFigures } from "./agreement.js";
import { annotatorTable } from "./annotators.js";
import { generatorTable } from "./generators.js";
import { live } from "./live.js";

/** The card that says how annotators and generators do. @returns what looks for news */
export async function mountQuality(card, read, api, base) {
  const draw = live(card, quality => qualityParts(quality, act));
  const refresh = async () => draw({ ...await read(), at: undefined });
  const act = (annotator, operation) => attempt(async () => {
    await api("POST", `${base}/annotators/${annotator}/${operation}`);
    draw({ ...await read({ anew: true }), at: undefined });
  });
  show(card, h("h2", {}, "Quality"), h("p", { class: "muted" }, "Counting…"));
  await refresh();
  return refresh;
}

function qualityParts(quality, act) {
  return [
    h("h2", {}, "Quality"),
    ...agreementFigures(quality),
    quality.annotators.length > 0 && annotatorTable(quality.annotators, act),
    ...(quality.generators.length > 0 ? generatorTable(quality.generators) : []),
  ];
}
