import { h } from "../shared/dom.js";
import { time } from "../shared/format.js";
import { Kinds } from "../rules/kinds.js";
import { Campaign, Groups } from "../rules/specs.js";

const Specs = new Map([Campaign, ...Groups].flatMap(group => group.fields).map(spec => [spec.name, spec]));

/** Who changed which setting when, the latest first. */
export function historyTable(changes) {
  if (changes.length === 0) return h("p", { class: "muted" }, "Nothing has been changed since the campaign was created.");
  return h("div", { class: "scroll" }, h("table", { class: "stacks" },
    h("thead", {}, h("tr", {}, ["Setting", "From", "To", "When", "By"].map(head => h("th", { scope: "col" }, head)))),
    h("tbody", {}, changes.map(change => h("tr", {}, h("th", { scope: "row", class: "who" }, nameOf(change.setting)),
      h("td", { "data-label": "From" }, say(change.setting, change.from)), h("td", { "data-label": "To" }, say(change.setting, change.to)),
      h("td", { class: "numbers", "data-label": "When" }, time(change.at)), h("td", { "data-label": "By" }, change.by))))));
}

function nameOf(setting) {
  return setting === "guidelinesVersion" ? "Guidelines, version" : Specs.get(setting)?.label.replace(/, %$/, "") ?? setting;
}

/** Values are kept as JSON, long ones cut. */
function say(setting, json) {
  const spec = Specs.get(setting);
  if (json === undefined || json === null) return spec?.empty ?? "–";
  try {
    const value = JSON.parse(json);
    return spec ? Kinds[spec.kind].say(value, spec) : String(value);
  } catch {
    return json;
  }
}
