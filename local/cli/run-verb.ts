import type { OperationRequest } from "../operation/request";
import { cancellation } from "./cancellation";
import { assertCanAsk, confirm } from "./confirm";
import { renderReport } from "./display/report";
import { colorsFor } from "./display/style";
import { putDatabaseUrl } from "./database-parameter";
import { exitCodes } from "./exit";
import { runPhase, type Phase } from "./phase";
import { openSession, type OperationFlags, type Session } from "./session";

export type ProgramVerb = "up" | "preview" | "refresh" | "destroy";
type Verb = ProgramVerb | "import";

const verbs: Record<
  Verb,
  { kind: OperationRequest["kind"]; preview: string; doing: string; noun: string }
> = {
  up: { kind: "update", preview: "Previewing update", doing: "Updating", noun: "update" },
  preview: { kind: "update", preview: "Previewing update", doing: "Updating", noun: "update" },
  import: { kind: "update", preview: "Previewing import", doing: "Importing", noun: "import" },
  refresh: { kind: "refresh", preview: "Previewing refresh", doing: "Refreshing", noun: "refresh" },
  destroy: { kind: "destroy", preview: "Previewing destroy", doing: "Destroying", noun: "destroy" },
};

/** Runs up, preview, refresh, destroy or import, and returns the exit code. */
export async function runVerb(verb: Verb, flags: OperationFlags): Promise<number> {
  const changes = verb !== "preview" && !flags.previewOnly;
  if (changes && !flags.yes) {
    assertCanAsk(verb, "pass --yes to continue, or --preview-only to see the changes.");
  }
  const cancel = cancellation();
  let session: Session | undefined;
  let lock: { release(): void } | undefined;
  try {
    session = await openSession(flags, cancel.signal, verb === "up" || verb === "preview");
    const { backend, reference } = session.workspace;
    if (changes) {
      lock = backend.lock(reference);
      // Another run may have changed the state before this run got the lock.
      session.workspace.base = backend.checkpoint(reference).read();
    }
    if (flags.clearPendingCreates && session.workspace.base !== undefined) {
      session.workspace.base = { ...session.workspace.base, pending_operations: [] };
    }
    return await runPhases(verb, flags, session, changes);
  } finally {
    session?.policies?.close();
    lock?.release();
    cancel.dispose();
  }
}

async function runPhases(
  verb: Verb,
  flags: OperationFlags,
  session: Session,
  changes: boolean,
): Promise<number> {
  const { kind, noun } = verbs[verb];
  if (!changes || !flags.skipPreview) {
    const { phase: planned, drifted } = await runOnce(verb, flags, session, true);
    const unexpected = flags.expectNoChanges && planned.hasChanges && kind !== "refresh";
    const failed = planned.result.result !== "succeeded";
    const differs = planned.result.stateDiffers || drifted || flags.clearPendingCreates;
    const idle = !planned.hasChanges && !differs;
    if (!changes || failed || unexpected || idle) {
      return finish(session, flags, planned, false);
    }
    const answer = flags.yes ? "yes" : await ask(noun, session, planned);
    if (answer !== "yes") {
      say(session, `Nothing was changed: the ${noun} was not confirmed.`);
      return answer === "no" ? exitCodes.error : exitCodes.cancelled;
    }
  }
  if (verb === "up") await putDatabaseUrl(session);
  const { phase: applied } = await runOnce(verb, flags, session, false);
  return finish(session, flags, applied, true);
}

/** With --refresh, the state is refreshed first and the operation uses the refreshed state, also in a preview. */
async function runOnce(
  verb: Verb,
  flags: OperationFlags,
  session: Session,
  dryRun: boolean,
): Promise<{ phase: Phase; drifted: boolean }> {
  const { kind, preview, doing } = verbs[verb];
  const options = { dryRun, details: flags.diff, sames: flags.showSames };
  let { base } = session.workspace;
  let drifted = false;
  if (flags.refresh) {
    const title = dryRun ? "Previewing refresh" : "Refreshing";
    const phase = await runPhase(session, undefined, { ...options, kind: "refresh", base, title });
    if (phase.result.result !== "succeeded") return { phase, drifted };
    drifted = phase.hasChanges;
    base = phase.result.deployment ?? base;
  }
  const title = dryRun ? preview : doing;
  const phase = await runPhase(session, session.policies, { ...options, kind, base, title });
  return { phase, drifted };
}

function ask(noun: string, { signal }: Session, { collected }: Phase) {
  const colors = colorsFor(process.stderr);
  const details = () => {
    const columns = process.stderr.columns;
    const refresh = noun === "refresh";
    const options = { colors, columns, dryRun: true, details: true, sames: false, refresh };
    process.stderr.write(`${renderReport(collected, options)}\n`);
  };
  return confirm(`Do you want to perform this ${noun}?`, { signal, details });
}

const unchanged = {
  update: "No changes: the stack is as the program says.",
  refresh: "No changes: the cloud is as the state says.",
  destroy: "No changes: the stack has no resources.",
};

/** Prints at the end what changed, and returns the matching exit code. */
function finish(session: Session, flags: OperationFlags, phase: Phase, applied: boolean): number {
  const { result, collected, hasChanges } = phase;
  const code = verdict(flags, phase);
  if (session.json) {
    const document = { ...phase.digest, ok: code === exitCodes.success, exitCode: code };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return code;
  }
  const forbidden = collected.mandatoryViolations.length;
  const changed = countChanges(phase);
  const before = phase.result.hasChanges
    ? `${changed} changed before`
    : "No resource was changed before";
  if (result.result === "cancelled") {
    say(
      session,
      `Cancelled. ${applied ? `${before}; run it again to continue.` : "Nothing was changed."}`,
    );
  } else if (forbidden > 0) {
    const rules = `${forbidden} mandatory policy ${forbidden === 1 ? "violation" : "violations"}`;
    say(
      session,
      applied ? `Failed: ${rules}. ${before}.` : `Refused: ${rules}. Nothing was changed.`,
    );
  } else if (result.result === "failed") {
    say(
      session,
      applied
        ? `Failed. ${before}; these changes are saved in the state.`
        : "Failed. Nothing was changed.",
    );
  } else if (code === exitCodes.changesNotExpected) {
    say(
      session,
      `Changes were found where none were expected${applied ? "" : "; nothing was changed"}.`,
    );
  } else if (!hasChanges) {
    say(session, unchanged[phase.kind]);
  } else if (applied) {
    say(session, `Done: ${changed} changed.`);
  } else {
    say(session, `Preview only: ${changed} would change; nothing was changed.`);
  }
  return code;
}

function verdict(flags: OperationFlags, { result, collected, hasChanges }: Phase): number {
  if (result.result === "cancelled") return exitCodes.cancelled;
  const refused = collected.mandatoryViolations.length > 0;
  if (refused || result.result === "failed") return exitCodes.error;
  return flags.expectNoChanges && hasChanges ? exitCodes.changesNotExpected : exitCodes.success;
}

function countChanges({ collected }: Phase): string {
  const count = Object.entries(collected.summary?.changes ?? {})
    .filter(([operation]) => operation !== "same")
    .reduce((sum, [, part]) => sum + part, 0);
  if (count === 0) return "only outputs";
  return count === 1 ? "1 resource" : `${count} resources`;
}

function say(session: Session, text: string): void {
  (session.json ? process.stderr : process.stdout).write(`${text}\n`);
}
