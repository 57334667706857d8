/** Names that add nothing to the message. */
const plainNames = ["Error", "PermanentError"];

/** One line that says what was thrown, whatever it was; `throw undefined` included. */
export function describeError(thrown: unknown): string {
  if (thrown instanceof Error) {
    // Node tries all addresses of a host; the error of them all has a code and no message.
    const unsaid = "code" in thrown ? String(thrown.code) : thrown.name;
    const text = thrown.message === "" ? unsaid : thrown.message;
    const isPlain = plainNames.includes(thrown.name) || text === thrown.name;
    const named = isPlain ? text : `${thrown.name}: ${text}`;
    const cause = thrown.cause === undefined ? "" : describeError(thrown.cause);
    // Many messages contain that of their cause already.
    return named.includes(cause) ? named : `${named} (${cause})`;
  }
  if (typeof thrown === "string" && thrown !== "") {
    return thrown;
  }
  return `a value that is not an Error was thrown: ${inspectBriefly(thrown)}`;
}

function inspectBriefly(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 200);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
