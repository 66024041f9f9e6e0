import { h } from "../shared/dom.js";
import { time } from "../shared/format.js";
import { Kinds } from "../rules/kinds.js";
import { Campaign, Groups } from "../rules/specs.js";

const Specs = new Map([Campaign, ...Groups].flatMap(group => group.fields.map(spec => [spec.name, { group, spec }])));

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
  if (setting === "guidelinesVersion") return "Guidelines, version";
  const { group, spec } = Specs.get(setting) ?? {};
  if (group === Campaign) return spec.label;
  if (spec) return `${group.title}: ${spec.label.replace(/, %$/, "")}`;
  // One that the page has no field for, of a group that it has.
  const [first, ...rest] = setting.split(".");
  const among = Groups.find(one => one.fields.some(field => field.name.startsWith(`${first}.`)));
  return among && rest.length > 0 ? `${among.title}: ${rest.join(".")}` : setting;
}

/** Values are kept as JSON, long ones cut. */
function say(setting, json) {
  const { spec } = Specs.get(setting) ?? {};
  if (json === undefined || json === null) return spec?.empty ?? "–";
  const value = read(json) ?? read(json.replace(/\\?…$/, '…"'));
  if (value === undefined || value === null) return json;
  return spec ? Kinds[spec.kind].say(value, spec) : String(value);
}

function read(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
