import { byId } from "../shared/dom.js";
import { plural } from "../shared/format.js";
import { showNotice } from "./view.js";

/** Where rankings are on their way to the server. @param change as an Outbox tells it. */
export function showSending({ waiting, failing, kept, refused, response }) {
  showNotice("outbox", failing ? waitingText(waiting, kept) : null);
  if (response?.extra) showNotice("flash", "That one needed no more rankings by then. Yours is kept as an extra one.");
  if (refused) showNotice("flash", refused.code === "already-ranked"
    ? "You had ranked that one already, in another window or on another device. That ranking stands; u changes it."
    : `The last ranking was not taken: ${refused.message} ${refused.remedy ?? ""}`, { bad: true });
}

/** @param onRested called when the break is over. */
export function proposeBreak(minutes, onRested) {
  const goOn = () => {
    onRested();
    showNotice("break", null);
    byId("main").focus({ preventScroll: true });
  };
  showNotice("break", `You have ranked for ${plural(minutes, "minute")}. A short break keeps your eyes fresh; nothing is lost.`, { button: { label: "Go on", act: goOn } });
}

function waitingText(waiting, kept) {
  const [are, they] = waiting === 1 ? [" is", "It is"] : ["s are", "They are"];
  return `${waiting} ranking${are} not sent yet. ` + (kept
    ? `${they} kept in this browser and sent as soon as the connection is back.`
    : `${they} sent as soon as the connection is back, if this page stays open: this browser keeps nothing for it.`);
}
