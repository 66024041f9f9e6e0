import { h, show } from "../shared/dom.js";
import { date, kindName } from "../shared/format.js";
import { attempt } from "../shared/owner.js";

const Validities = [[1, "a day"], [7, "a week"], [30, "30 days"], [90, "90 days"], [365, "a year"]];

/** The annotators' card: who is invited, new links, revocation. @param changed told who is invited now. */
export async function mountInvites(card, api, base, changed) {
  const name = h("input", { maxlength: 80, placeholder: "Name, for your list only" , "aria-label": "Annotator's name" });
  const reviewer = h("input", { type: "checkbox" });
  const validity = h("select", {}, Validities.map(([days, text]) => h("option", { value: days, selected: days === 30 }, text)));
  const link = h("div", { role: "status" });
  const list = h("div", { class: "scroll" });
  const refresh = async () => {
    const { invites } = await api("GET", `${base}/invites`);
    show(list, inviteTable(invites, renew, revoke));
    changed(invites);
  };
  const create = async (request, name) => {
    const invite = await api("POST", `${base}/invites`, { ...request, validDays: Number(validity.value) });
    show(link, newLink(invite, name));
    await refresh();
  };
  const renew = ({ annotator, kind, reviewer, name }) => attempt(async () => {
    await create({ annotator, kind, reviewer }, name ?? annotator);
    link.scrollIntoView({ block: "nearest" });
  });
  const revoke = invite => attempt(async () => {
    await api("DELETE", `${base}/invites/${invite.annotator}`);
    await refresh();
  });
  const form = h("form", { class: "row", onsubmit: event => {
    event.preventDefault();
    attempt(async () => {
      await create({ name: name.value.trim() || undefined, reviewer: reviewer.checked }, name.value.trim());
      name.value = "";
      reviewer.checked = false;
    });
  } }, name, h("label", { class: "check", title: "Decides what annotators disagree about, instead of ranking with them" }, reviewer, "Reviewer"),
  h("label", { class: "check", title: "Of new links, those for somebody in the list too" }, "Valid for", validity), h("button", { class: "primary" }, "Create invite link"));
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

function inviteTable(invites, renew, revoke) {
  if (invites.length === 0) return h("p", { class: "muted" }, "Nobody is invited yet.");
  return h("table", { class: "stacks" }, h("thead", {}, h("tr", {}, ["Annotator", "Kind", "Valid until", ""].map(head => h("th", { scope: "col" }, head)))),
    h("tbody", {}, invites.map(invite => h("tr", {},
      h("th", { scope: "row", class: "who" }, h("span", { class: "name" }, invite.name ?? invite.annotator), h("span", { class: `badge ${invite.state}` }, invite.state)),
      h("td", { "data-label": "Kind" }, invite.reviewer ? "reviewer" : kindName(invite.kind)), h("td", { class: "numbers", "data-label": "Valid until" }, date(invite.expiresAt)),
      h("td", { class: "end" }, actions(invite, renew, revoke))))));
}

function actions(invite, renew, revoke) {
  const who = invite.name ?? invite.annotator;
  const title = invite.state === "revoked" ? "The links that were revoked stay so" : "Links sent before go on working until they expire or are revoked";
  return [
    h("button", { type: "button", class: "quiet", title, "aria-label": `New link for ${who}`, onclick: () => renew(invite) }, "New link"),
    invite.state === "active" && h("button", { type: "button", class: "quiet", "aria-label": `Revoke the invite of ${who}`, onclick: () => revoke(invite) }, "Revoke"),
  ];
}
