import { expect } from "chai";
import program from "../../systems/file-search";
import { recordProgram } from "../support/recorded-program";
import { stackConfig } from "../support/system-config";
import type { DeclaredStack } from "./declared-stack";
import { change, without } from "./declared-stack";
import { alarmType, queueType } from "./good-stack";
import { brokenRules } from "./judge";

async function registered(stack: string): Promise<DeclaredStack> {
  const { resources } = await recordProgram(program, {
    project: "file-search",
    stack,
    config: stackConfig("file-search", stack),
  });
  return resources.map(({ type, name, inputs }) => ({ type, name, inputs }));
}

/** Removes the dead-letter queue and everything that refers to it. */
function withoutDeadLetterQueue(stack: DeclaredStack): DeclaredStack {
  const name = stack.find((one) => one.name === "files-dlq")?.inputs.name;
  return change(stack, "files-queue", { redrivePolicy: undefined }).filter(
    (one) => one.name !== "files-dlq" && !isAlarmOn(one, name),
  );
}

const isAlarmOn = ({ type, inputs }: DeclaredStack[number], queue: unknown) =>
  type === alarmType &&
  (inputs.dimensions as { QueueName?: string } | undefined)?.QueueName === queue;

const mutations: Record<string, (stack: DeclaredStack) => DeclaredStack> = {
  "queue-has-dlq": withoutDeadLetterQueue,
  "visibility-exceeds-worker-timeout": (stack) =>
    change(stack, "files-queue", { visibilityTimeoutSeconds: 840 }),
  "queue-has-alarms": (stack) => without(stack, "files-oldest-message-age"),
  "bucket-notifies-queue-once": (stack) => [
    ...stack,
    { ...stack.find(({ name }) => name === "uploads-to-files")!, name: "uploads-again" },
  ],
};

for (const stack of ["dev", "prod"]) {
  describe(`the policies on file-search, ${stack}`, () => {
    let resources: DeclaredStack;

    before(async () => {
      resources = await registered(stack);
      expect(resources.filter(({ type }) => type === queueType)).to.have.length.greaterThan(1);
    });

    for (const [rule, mutate] of Object.entries(mutations)) {
      it(`is refused only by ${rule} after the mutation for that rule`, async () => {
        expect(await brokenRules(mutate(resources), "deployed")).to.deep.equal([rule]);
      });
    }
  });
}
