import { h } from "../shared/dom.js";
import { time } from "../shared/format.js";

export function campaignHead(campaign, actions) {
  const running = campaign.state === "active", paused = campaign.state === "paused";
  return [
    h("h1", {}, campaign.title), h("span", { class: `badge ${campaign.state}` }, campaign.state),
    campaign.reason && h("span", { class: "muted small" }, campaign.reason),
    h("div", { class: "actions" },
      running && h("button", { type: "button", onclick: actions.pause }, "Pause"),
      paused && h("button", { type: "button", class: "primary", onclick: actions.resume }, "Resume"),
      (running || paused) && h("button", { type: "button", class: "danger", onclick: actions.cancel }, "Cancel")),
  ];
}

/** What keeps the campaign from getting on: a pause has said its reason in the head already. */
export function troubles({ campaign, storage }) {
  return [
    storage && h("p", { class: "notice", role: "status" }, `Storage has failed since ${time(storage.since)}: ${storage.message} ${storage.remedy}`),
    campaign.trouble && campaign.state !== "paused" && h("p", { class: "notice", role: "status" }, `${campaign.trouble.code.startsWith("label-studio-") ? "Nothing goes to the Label Studio server or comes from it" : "No new answers"} since ${time(campaign.trouble.since)}, it is tried again by itself: ${campaign.trouble.message} ${campaign.trouble.remedy}`),
  ];
}
