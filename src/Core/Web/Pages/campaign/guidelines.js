import { h, show } from "../shared/dom.js";
import { attempt } from "../shared/owner.js";

/** The guidelines' card: what annotators read, and a next version of it. */
export async function mountGuidelines(card, api, base) {
  const { campaign } = await api("GET", base);
  const text = h("textarea", { rows: 5, maxlength: 16000, "aria-label": "Guidelines" }, campaign.guidelines);
  const version = h("span", { class: "muted small", role: "status" }, `Version ${campaign.guidelinesVersion}`);
  const save = h("button", { type: "button", disabled: true, onclick: () => attempt(async () => {
    const changed = await api("POST", `${base}/guidelines`, { guidelines: text.value });
    version.textContent = `Version ${changed.guidelinesVersion}. Annotators see it with their next task; each ranking says which version it followed.`;
    save.disabled = true;
  }) }, "Save as the next version");
  text.oninput = () => { save.disabled = false; };
  show(card, h("h2", {}, "Guidelines"), text, h("div", { class: "row" }, save, version));
}
