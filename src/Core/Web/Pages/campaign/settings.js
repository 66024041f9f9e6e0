import { h, show } from "../shared/dom.js";
import { attempt } from "../shared/owner.js";
import { RuleFields, ruleGroup } from "../rules/fields.js";
import { Campaign, Groups } from "../rules/specs.js";
import { historyTable } from "./history.js";

/** Where there is room, all stands open. */
const Wide = matchMedia("(min-width: 44rem)");

/** The campaign's settings: what may change without making stored rankings wrong, and who changed what when. @returns what looks for news */
export async function mountSettings(card, history, api, base, onSaved) {
  const [defaults, first] = await Promise.all([api("GET", "/api/settings"), api("GET", `${base}/settings`)]);
  let version = first.version;
  const said = h("span", { class: "muted small", role: "status" });
  const save = h("button", { class: "primary" }, "Save"), undo = h("button", { type: "button", onclick: () => { fields.reset(); changed(); } }, "Discard changes");
  const end = h("div", { class: "row rules-end" }, save, undo, said);
  const changed = () => {
    save.disabled = undo.disabled = !fields.isChanged;
    end.classList.toggle("pending", fields.isChanged);
    said.textContent = "";
  };
  const fields = new RuleFields([Campaign, ...Groups], first.settings, defaults, { isThere: true, changed });
  const take = answer => {
    version = answer.version;
    fields.put(answer.settings);
    show(history, h("h2", {}, "Changes"), historyTable(answer.changes));
  };
  const submit = async () => {
    fields.clearErrors();
    try {
      take(await api("PATCH", `${base}/settings`, fields.changes, { headers: { "If-Match": `"${version}"` } }));
      fields.reset();
      changed();
      said.textContent = "Saved.";
      await onSaved();
    } catch (error) {
      if (error.code === "settings-changed") await putBeside();
      else if (!fields.showError(error)) throw error;
    }
  };
  // Somebody else saved meanwhile: theirs are shown where nothing was typed, and what was typed is kept for a second look.
  const putBeside = async () => {
    take(await api("GET", `${base}/settings`));
    changed();
    said.textContent = "The settings were changed meanwhile; see below. Yours are still here: save again to put them in place.";
  };
  show(card, h("h2", {}, "Settings"),
    h("form", { class: "rules", novalidate: true, onsubmit: event => { event.preventDefault(); attempt(submit); } },
      [Campaign, ...Groups].map((group, index) => ruleGroup(group, fields, index === 0 || Wide.matches)),
      h("p", { class: "muted small" }, "A higher number of annotators holds for comparisons that are published from now on, a lower one for open ones too. A run that has begun stays as it is."),
      end));
  take(first);
  changed();
  addEventListener("beforeunload", event => { if (fields.isChanged) event.preventDefault(); });
  return async () => {
    const answer = await api("GET", `${base}/settings`);
    // Unsaved changes are held against what they were typed over.
    if (!fields.isChanged && answer.version !== version) take(answer);
  };
}
