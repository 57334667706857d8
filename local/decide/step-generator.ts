import { randomBytes } from "node:crypto";
import type { Goal, ReadGoal, Registration } from "../state/goal";
import { Bail, type OperationState } from "./operation-state";
import { violatesPolicy } from "./policy-check";
import { registeredState, readState } from "./new-state";
import { findOld, newUrn } from "./identity";
import { processIgnoreChanges } from "../values/ignore-changes";
import { recreationSteps, replacementSteps, type Candidate } from "./replacement-steps";
import type { CheckFailure, Provider } from "../provider-client/provider";
import { assertTriggerKnown, isTriggered } from "./replacement-trigger";
import { resourceDiff } from "./resource-diff";
import { replaces } from "../provider-client/provider";
import type { ResourceState } from "../state/resource-state";
import { CreateStep, ReplaceStep } from "../steps/create";
import { howToUnprotect } from "../steps/delete";
import { ImportStep } from "../steps/import";
import { ReadStep } from "../steps/read";
import { SameStep } from "../steps/same";
import type { Step } from "../steps/step";
import { UpdateStep } from "../steps/update";
import { assertNoSkippedDependencies, untargetedSteps } from "./targets";
import { isProviderType, rootStackType } from "../values/urn";

export interface Generated {
  steps: Step[];
  /** Decides further steps after these steps (an import is read first and then compared with the program). */
  after?: () => Promise<Generated>;
}

/** Decides the steps for a registered resource. One resource at a time, in the order in which
 *  they are registered, because a decision may depend on earlier ones. */
export class StepGenerator {
  constructor(private readonly state: OperationState) {}

  async read(goal: ReadGoal, registration: Registration): Promise<Generated> {
    const { state } = this;
    const urn = newUrn(state, goal.parent, goal.type, goal.name);
    const { old, alias } = findOld(state, urn, goal, []);
    const next = readState(goal, urn, alias);
    if (goal.id === "") throw new Error(`Expected an ID for ${urn}`);
    if (old !== undefined && !old.external && old.id !== goal.id) {
      state.replaced.add(urn);
      await state.providers.ensure(old.provider);
      const read = new ReadStep(old, next, registration, true);
      return { steps: [read, new ReplaceStep(old, next, {})] };
    }
    state.reads.add(urn);
    return { steps: [new ReadStep(old, next, registration, false)] };
  }

  async register(goal: Goal, registration: Registration): Promise<Generated> {
    const { state } = this;
    const urn = newUrn(state, goal.parent, goal.type, goal.name);
    const { old, alias, isValid } = findOld(state, urn, goal, goal.aliases);
    state.goals.set(urn, goal);
    const next = registeredState(goal, urn, alias, old);
    if (isProviderType(goal.type)) {
      state.providerStates.set(urn, next);
      if (alias !== undefined) state.providerStates.set(alias, next);
    }
    const recreating = state.deletes.has(urn);
    const knownId = old === undefined ? "" : old.importId || old.id;
    const isImport =
      goal.custom &&
      goal.importId !== "" &&
      (old === undefined || old.external || knownId !== goal.importId);
    const isIncluded = state.selection.includes(next);
    if (isImport && isIncluded) {
      return this.importResource(goal, registration, next, recreating ? undefined : old);
    }
    return this.decide({ goal, registration, next, old, isValid, recreating, isIncluded });
  }

  private importResource(
    goal: Goal,
    registration: Registration,
    next: ResourceState,
    original: ResourceState | undefined,
  ): Generated {
    const { state } = this;
    state.imports.add(next.urn);
    const step = new ImportStep(next, registration, original);
    const after = async (): Promise<Generated> => {
      if (!step.succeeded) return { steps: [] };
      const wanted: ResourceState = {
        ...registeredState(goal, next.urn, undefined, undefined),
        aliases: next.aliases,
        created: next.created,
        modified: next.modified,
      };
      return this.decide({
        goal,
        registration,
        next: wanted,
        old: next,
        isValid: true,
        recreating: false,
        isIncluded: true,
      });
    };
    const replace = original === undefined ? [] : [new ReplaceStep(original, next, {})];
    return { steps: [step, ...replace], after };
  }

  private async decide(about: {
    goal: Goal;
    registration: Registration;
    next: ResourceState;
    old: ResourceState | undefined;
    isValid: boolean;
    recreating: boolean;
    isIncluded: boolean;
  }): Promise<Generated> {
    const { state } = this;
    const { goal, registration, next, old, recreating } = about;
    const { urn } = next;
    const wasExternal = old?.external === true;
    const isImplicitTarget = isProviderType(goal.type) || goal.type === rootStackType;
    const isTargeted = isImplicitTarget || about.isIncluded;
    const manager = goal.custom ? state.providers.managerOf(next) : undefined;
    let isValid = about.isValid;

    if (old !== undefined) next.inputs = this.keepIgnored(next.inputs, old, goal);
    if (manager !== undefined && isTargeted) {
      const fresh =
        old === undefined ||
        recreating ||
        wasExternal ||
        old.taint ||
        state.selection.isReplaced(urn);
      const failures = fresh
        ? await this.check(manager, next, goal.inputs, undefined)
        : await this.check(manager, next, next.inputs, old.inputs);
      if (failures.length > 0) isValid = false;
    } else if (old !== undefined && !isTargeted) {
      next.inputs = old.inputs;
    }

    const violates = await violatesPolicy(state, next, goal);
    // A preview continues, so that it shows all violations.
    if (!isValid || (violates && !state.dryRun)) throw new Bail(`resource ${urn} is invalid`);

    if (old !== undefined && recreating) {
      return { steps: recreationSteps(state, { goal, registration, old, next }) };
    }
    if (old !== undefined && wasExternal) {
      state.creates.add(urn);
      const create = new CreateStep(next, registration, { old, diff: {}, deleteLater: true });
      return { steps: [create, new ReplaceStep(old, next, {})] };
    }
    if (!isTargeted) return { steps: untargetedSteps(state, registration, next, old) };
    assertNoSkippedDependencies(state, next);
    if (old === undefined) {
      state.creates.add(urn);
      return { steps: [new CreateStep(next, registration)] };
    }
    return { steps: await this.compare({ goal, registration, old, next }, manager) };
  }

  private async compare(candidate: Candidate, manager: Provider | undefined): Promise<Step[]> {
    const { state } = this;
    const { goal, registration, old, next } = candidate;
    const { urn } = next;
    assertTriggerKnown(state, next);
    const diff = await resourceDiff(state, old, next, manager);
    const mustReplace = replaces(diff) || isTriggered(old, next) || old.pendingReplacement;
    const hasInitErrors = old.initErrors.length > 0;
    if ((diff.changes === "some" && mustReplace) || old.pendingReplacement) {
      this.assertReplaceable(candidate, diff.replaceKeys);
      state.replaced.add(urn);
      if (manager !== undefined && !old.taint && !state.selection.isReplaced(urn)) {
        // The defaults came from the old resource, but a new resource gets new defaults.
        const failures = await this.check(manager, next, goal.inputs, undefined);
        if (failures.length > 0) throw new Bail(`resource ${urn} has check errors`);
      }
      return replacementSteps(state, candidate, diff);
    }
    if (diff.changes === "some" || hasInitErrors) {
      state.updates.add(urn);
      const { replaceKeys, detailedDiff } = diff;
      const why = { replaceKeys, ...(detailedDiff === undefined ? {} : { detailedDiff }) };
      return [new UpdateStep(old, next, registration, why)];
    }
    state.sames.add(urn);
    if (state.imports.has(urn)) {
      registration.succeed(old);
      return [];
    }
    return [new SameStep(old, next, registration)];
  }

  private assertReplaceable({ goal, old, next }: Candidate, replaceKeys: string[]): void {
    const { state } = this;
    if (next.protect && old.protect) {
      const message =
        `unable to replace resource "${next.urn}"\n` +
        `as it is currently marked for protection. ${howToUnprotect}`;
      state.error(next.urn, message);
      if (!state.dryRun) throw new Bail(message);
    }
    if (goal.importId !== "") {
      const message =
        "previously-imported resources that still specify an ID may not be replaced; " +
        `please remove the \`import\` declaration from your program (replaced because of: ${replaceKeys.join(", ")})`;
      if (!state.dryRun) throw new Error(message);
      state.warn(next.urn, message);
    }
  }

  /** Lets the provider check the inputs and stores the checked inputs in `next`. */
  private async check(
    manager: Provider,
    next: ResourceState,
    news: ResourceState["inputs"],
    olds: ResourceState["inputs"] | undefined,
  ): Promise<CheckFailure[]> {
    const { inputs, failures } = await manager.check({
      urn: next.urn,
      news,
      allowUnknowns: this.state.dryRun,
      randomSeed: randomBytes(32),
      ...(olds === undefined ? {} : { olds }),
    });
    for (const { property, reason } of failures) {
      const what = property === "" ? "" : `property ${property} `;
      this.state.error(next.urn, `${next.type} resource has a problem: ${what}${reason}`);
    }
    next.inputs = inputs;
    return failures;
  }

  private keepIgnored(inputs: ResourceState["inputs"], old: ResourceState, goal: Goal) {
    const kept = processIgnoreChanges(inputs, old.inputs, goal.ignoreChanges);
    if (kept.unmatched.length > 0) {
      this.state.reporter.message(
        "info",
        `cannot ignore changes in added or removed elements of the path: "${kept.unmatched.join(", ")}"`,
        old.urn,
      );
    }
    return kept.inputs;
  }
}
