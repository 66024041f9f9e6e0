/** The server's side of the form: tasks, rankings, release. */
export function createTasks(api, campaign) {
  const base = `/api/campaigns/${campaign}`;
  return {
    guidelines: () => api("GET", `${base}/guidelines`),
    next: holding => api("GET", `${base}/next${holding ? `?holding=${holding}` : ""}`),
    rank: ({ comparison, request }) => api("POST", `${base}/tasks/${comparison}/ranking`, request),
    /** Survives the page that sends it. */
    release: comparison => api("POST", `${base}/tasks/${comparison}/release`, undefined, { keepalive: true }),
    /** → {held, leaseSeconds} */
    renew: comparison => api("POST", `${base}/tasks/${comparison}/lease`),
    mine: () => api("GET", `${base}/mine?take=10`),
  };
}

/** The token of an invite link's fragment and the campaign it names, or null. */
export function readInvite(fragment) {
  const token = decodeURIComponent(fragment.replace(/^#/, ""));
  const parts = token.split(".");
  return parts.length === 5 && /^[a-z0-9-]+$/.test(parts[1]) ? { token, campaign: parts[1], annotator: parts[2] } : null;
}
