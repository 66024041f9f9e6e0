import { h, byId, show } from "./dom.js";
import { createApi } from "./api.js";

const Key = "rlhf-owner-token";

/** The owner's API. The token comes with the link's fragment once and stays in this browser; without a valid one the page asks for it, or for the sign-in that the host has instead. */
export async function openOwnerPage(start) {
  takeTokenFromLink();
  // The link opened in a tab that is on this page already changes the fragment only.
  addEventListener("hashchange", () => { if (takeTokenFromLink()) location.reload(); });
  const token = localStorage.getItem(Key);
  const api = createApi(token ? { Authorization: `Bearer ${token}` } : {});
  try {
    await start(api);
  } catch (error) {
    if (error.status === 401 && error.signIn) askToSignIn(error.signIn);
    else if (error.status === 401) askForToken();
    else show(byId("main"), problemNotice(error));
  }
}

export function problemNotice(error) {
  return h("p", { class: "notice bad", role: "alert" }, `${error.message} ${error.remedy ?? ""}`);
}

/** Runs an action of the owner's; what goes wrong is said in #flash. */
export async function attempt(act) {
  const flash = byId("flash");
  flash.hidden = true;
  try {
    return await act();
  } catch (error) {
    flash.className = "notice bad";
    flash.textContent = `${error.message} ${error.remedy ?? ""}`;
    flash.hidden = false;
    return undefined;
  }
}

/** What went well, in #flash. */
export function say(text) {
  const flash = byId("flash");
  flash.className = "notice good";
  flash.textContent = text;
  flash.hidden = false;
}

/** Calls refresh now and then while the page is visible, until it returns false. */
export async function keepFresh(refresh, seconds = 2) {
  if (document.hidden || await refreshed(refresh)) setTimeout(() => keepFresh(refresh, seconds), seconds * 1000);
}

async function refreshed(refresh) {
  try {
    return await refresh() !== false;
  } catch (error) {
    if (!error.isTransient) throw error;
    return true;
  }
}

export function query(name) {
  return new URLSearchParams(location.search).get(name) ?? "";
}

/** `#token=…`, or `#token=…&people`: what follows names a part of the page and stays. */
function takeTokenFromLink() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const token = parts.get("token");
  if (!token) return false;
  localStorage.setItem(Key, token);
  const [rest] = [...parts.keys()].filter(name => name !== "token");
  history.replaceState(history.state, "", location.pathname + location.search + (rest ? `#${rest}` : ""));
  return true;
}

/** A link and no redirection: who is signed in and no owner would go round in circles. */
function askToSignIn(path) {
  const back = encodeURIComponent(location.pathname + location.search);
  show(byId("main"), h("section", { class: "card narrow" }, h("h2", {}, "Sign in"),
    h("p", { class: "muted" }, "This page is for the owners of the campaigns."), h("a", { class: "button primary", href: `${path}?post_login_redirect_uri=${back}` }, "Sign in")));
}

function askForToken() {
  const input = h("input", { type: "password", autocomplete: "off", required: true });
  show(byId("main"), h("form", { class: "card narrow", onsubmit: event => {
    event.preventDefault();
    localStorage.setItem(Key, input.value.trim());
    location.reload();
  } }, h("h2", {}, "Owner's token"), h("p", { class: "muted" }, "This page is for whoever runs the campaigns. Open the link that the server printed when it started, or paste its token."),
  h("label", {}, "Token", input), h("button", { class: "primary" }, "Continue")));
}
