/** What is typed into fields, as the server takes settings that are there as a whole or not at all.
 * @param was (name of a field) what the server has; null where there is nothing */
export function toRequest(changes, was) {
  const judge = changes.llmJudge, server = changes.labelStudio;
  if (judge?.kind === "none") changes.llmJudge = null;
  else if (judge) {
    if (judge.endpoint === "") judge.endpoint = null;
    // A new one needs all of it; what is missing the server says.
    if (was("llmJudge.kind") === null) Object.assign(judge, { kind: judge.kind ?? "", model: judge.model ?? "", name: judge.name || judge.model || "" });
  }
  if (server && was("labelStudio.url") === null) changes.labelStudio = server.url ? { url: server.url, project: server.project ?? 0 } : server.project ? { url: "", project: server.project } : null;
  return changes;
}
