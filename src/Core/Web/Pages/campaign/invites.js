import { h, show } from "../shared/dom.js";
import { date, kindName } from "../shared/format.js";
import { attempt } from "../shared/owner.js";

/** The annotators' card: who is invited, new links, revocation. @param changed told who is invited now. */
export async function mountInvites(card, api, base, changed) {
  const name = h("input", { maxlength: 80, placeholder: "Name, for your list only" , "aria-label": "Annotator's name" });
  const reviewer = h("input", { type: "checkbox" });
  const link = h("div", { role: "status" });
  const list = h("div", { class: "scroll" });
  const refresh = async () => {
    const { invites } = await api("GET", `${base}/invites`);
    show(list, inviteTable(invites, revoke));
    changed(invites);
  };
  const revoke = invite => attempt(async () => {
    await api("DELETE", `${base}/invites/${invite.annotator}`);
    await refresh();
  });
  const form = h("form", { class: "row", onsubmit: event => {
    event.preventDefault();
    attempt(async () => {
      const invite = await api("POST", `${base}/invites`, { name: name.value.trim() || undefined, reviewer: reviewer.checked });
      show(link, newLink(invite, name.value.trim()));
      name.value = "";
      reviewer.checked = false;
      await refresh();
    });
  } }, name, h("label", { class: "check", title: "Decides what annotators disagree about, instead of ranking with them" }, reviewer, "Reviewer"), h("button", { class: "primary" }, "Create invite link"));
  show(card, h("h2", {}, "Annotators"), form, link, list);
  await refresh();
}

function newLink(invite, name) {
  const input = h("input", { readonly: true, value: invite.link, "aria-label": "Invite link", onfocus: event => event.target.select() });
  const copy = h("button", { type: "button", onclick: async () => {
    await navigator.clipboard.writeText(invite.link);
    copy.textContent = "Copied";
  } }, "Copy");
  return h("div", {}, h("p", { class: "small muted" }, `Send this link to ${name || "the annotator"}. It is shown only now.`), h("div", { class: "link-box" }, input, copy));
}

function inviteTable(invites, revoke) {
  if (invites.length === 0) return h("p", { class: "muted" }, "Nobody is invited yet.");
  return h("table", { class: "stacks" }, h("thead", {}, h("tr", {}, ["Annotator", "Kind", "Valid until", ""].map(head => h("th", { scope: "col" }, head)))),
    h("tbody", {}, invites.map(invite => h("tr", {},
      h("th", { scope: "row", class: "who" }, h("span", { class: "name" }, invite.name ?? invite.annotator), h("span", { class: `badge ${invite.state}` }, invite.state)),
      h("td", { "data-label": "Kind" }, invite.reviewer ? "reviewer" : kindName(invite.kind)), h("td", { class: "numbers", "data-label": "Valid until" }, date(invite.expiresAt)),
      h("td", { class: "end" }, invite.state === "active" && h("button", { type: "button", class: "quiet", "aria-label": `Revoke the invite of ${invite.name ?? invite.annotator}`, onclick: () => revoke(invite) }, "Revoke"))))));
}
