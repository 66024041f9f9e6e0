/** Pure: a task as a template shows it, and an earlier ranking as the editor gave it. */

/** The data that a template's variables name: left is the first answer as served, right the second. */
export function toData(task, template) {
  const turns = task.messages.filter(message => message.role !== "system");
  return {
    prompt: turns.length === 1 ? turns[0].content : turns.map(message => `${roleName(message.role)}: ${message.content}`).join("\n\n"),
    system: task.messages.filter(message => message.role === "system").map(message => message.content).join("\n\n"),
    messages: task.messages.map(message => ({ role: roleName(message.role), content: message.content })),
    [template.left]: task.answers[0].text,
    [template.right]: task.answers[1].text,
  };
}

/** What the editor is given to change, or undefined where nothing was judged. */
export function toResult(item, template) {
  if (item.outcome === "skip") return undefined;
  const fields = (item.fields ?? []).map((field, index) => ({ id: `field-${index}`, from_name: field.name, to_name: field.to ?? field.name, type: field.type, value: field.value }));
  if (item.outcome !== "ranked" || item.tiers.length !== 2) return fields;
  const selected = item.tiers[0][0] === item.task.answers[0].id ? "left" : "right";
  return [{ id: "choice", from_name: template.pairwise, to_name: template.pairwise, type: "pairwise", value: { selected } }, ...fields];
}

function roleName(role) {
  return { user: "User", assistant: "Assistant", system: "Setting" }[role] ?? role;
}
