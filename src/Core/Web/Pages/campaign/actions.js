import { h } from "../shared/dom.js";
import { attempt, say } from "../shared/owner.js";

/** What an owner does with the whole campaign. @param refresh looks at the campaign anew. @param overlap () → the campaign's. */
export function actionsOn(api, base, refresh, overlap) {
  const post = (path, body) => attempt(async () => {
    const answer = await api("POST", `${base}/${path}`, body);
    await refresh();
    return answer;
  });
  return {
    pause: () => post("pause", {}),
    resume: () => post("resume"),
    cancel: async () => { if (await confirmed("Cancel this campaign?", "Open comparisons are taken back and a running training is stopped. This can't be undone; rankings and pairs stay.", "Cancel the campaign")) await post("cancel", {}); },
    lowerOverlap: () => post("overlap", { overlap: overlap() - 1 }),
    close: async () => { if (await confirmed("Close the labeling?", "Open comparisons are taken back, and the rankings they have count. Nothing more is asked until you add prompts. This can't be undone.", "Close it")) await post("close"); },
    train: async () => {
      const run = await post("train");
      if (run) location.href = `/run?id=${run.id}`;
    },
    simulate: async () => {
      if (!await confirmed("Finish with simulated annotators?", "Programs that follow a fixed rule will rank what people leave open. Their rankings are marked as simulated in all counts, exports and reports, and they can only judge support messages.", "Let them finish")) return;
      if (await post("simulate") !== undefined) say("Simulated annotators are ranking what is open.");
    },
  };
}

/** Asks before something that can't be taken back. */
function confirmed(question, text, yes) {
  return new Promise(resolve => {
    const dialog = h("dialog", { "aria-labelledby": "confirm-title", onclose: () => { resolve(dialog.returnValue === "yes"); dialog.remove(); } }, h("h2", { id: "confirm-title" }, question), h("p", {}, text),
      h("form", { method: "dialog", class: "row" }, h("button", { value: "no" }, "Not now"), h("button", { value: "yes", class: "primary" }, yes)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
