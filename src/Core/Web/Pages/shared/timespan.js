/** A .NET time span ("[days.]hh:mm:ss[.fraction]") in seconds; null for what is none. */
export function toSeconds(span) {
  const parts = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(span ?? "");
  if (!parts) return null;
  const [days, hours, minutes, seconds] = parts.slice(1).map(part => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

export function fromSeconds(seconds) {
  const whole = Math.floor(seconds), days = Math.floor(whole / 86_400), fraction = Math.round((seconds - whole) * 1000);
  const two = number => String(number).padStart(2, "0");
  return `${days > 0 ? `${days}.` : ""}${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${fraction > 0 ? `.${String(fraction).padStart(3, "0")}` : ""}`;
}
