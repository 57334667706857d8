import { expect } from "chai";
import { rules } from "../../policy/rules";
import fileSearch from "../../systems/file-search";
import watchme from "../../systems/watchme";
import { recordProgram } from "../support/recorded-program";
import { stackConfig, stacksOf, systems } from "../support/system-config";
import type { Declared, DeclaredStack, Moment } from "./declared-stack";
import { change, OutputOf, without } from "./declared-stack";
import { alarmType, queueType } from "./good-stack";
import { brokenRules, judge } from "./judge";

interface System {
  program: () => Promise<unknown>;
  /** What breaks each mandatory rule, and no other rule. */
  mutations: Record<string, (stack: DeclaredStack) => DeclaredStack>;
}

const tested: Record<string, System> = {
  "file-search": {
    program: fileSearch,
    mutations: {
      "queue-has-dlq": (stack) => withoutDeadLetterQueue(stack, "files"),
      "visibility-exceeds-worker-timeout": (stack) =>
        change(stack, "files-queue", { visibilityTimeoutSeconds: 840 }),
      "queue-has-alarms": (stack) => without(stack, "files-oldest-message-age"),
      "bucket-notifies-queue-once": (stack) => twice(stack, "uploads-to-files"),
    },
  },
  watchme: {
    program: watchme,
    mutations: {
      "queue-has-dlq": (stack) => withoutDeadLetterQueue(stack, "sed"),
      "visibility-exceeds-worker-timeout": (stack) =>
        change(stack, "sed-queue", { visibilityTimeoutSeconds: 60 }),
      "queue-has-alarms": (stack) => without(stack, "ser-oldest-message-age-of-all"),
      "queue-worker-has-error-alarm": (stack) => without(stack, "dashboard-analysis-error-rate"),
      "mapping-reports-failed-records": (stack) =>
        change(stack, "asr-from-asr", { functionResponseTypes: undefined }),
      "mapping-fits-reserved-concurrency": (stack) =>
        change(stack, "asr", { reservedConcurrentExecutions: 9 }),
      "bucket-notifies-queue-once": (stack) => twice(stack, "recordings-to-processor"),
    },
  },
};

/** Rules about functions on queues, which not every system has. */
const aboutFunctions = [
  "queue-worker-has-error-alarm",
  "mapping-reports-failed-records",
  "mapping-fits-reserved-concurrency",
];

async function registered(
  system: string,
  stack: string,
  over: Record<string, string> = {},
): Promise<DeclaredStack> {
  const config = { ...stackConfig(system, stack), ...over };
  const madeByAws = new Map<unknown, string>();
  const { resources } = await recordProgram(tested[system]!.program, {
    project: system,
    stack,
    config,
    state: ({ type, name, inputs }) => {
      const arn = outputArn(type, inputs, config["aws:region"]!);
      if (arn === undefined) return {};
      madeByAws.set(arn, name);
      return { arn };
    },
  });
  const withOutputs = (value: unknown): unknown => {
    const name = madeByAws.get(value);
    if (name !== undefined) return new OutputOf(name, value);
    if (Array.isArray(value)) return value.map(withOutputs);
    return typeof value === "object" && value !== null ? withOutputsIn(value) : value;
  };
  const withOutputsIn = (inputs: object) =>
    Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, withOutputs(value)]));
  return resources
    .filter(({ type }) => type.startsWith("aws:"))
    .map(({ type, name, inputs, ignoreChanges }) => ({
      type,
      name,
      inputs: withOutputsIn(inputs),
      ignoreChanges,
    }));
}

/** The ARN that AWS gives a queue or an alias. The account differs from that of the ARNs which programs build from names:
 *  the first preview does not know this one. */
function outputArn(type: string, inputs: Record<string, unknown>, region: string) {
  const home = `${region}:210987654321`;
  if (type === queueType) return `arn:aws:sqs:${home}:${String(inputs.name)}`;
  if (type !== "aws:lambda/alias:Alias") return undefined;
  return `arn:aws:lambda:${home}:function:${String(inputs.functionName)}:${String(inputs.name)}`;
}

/** Removes the dead-letter queue and everything that refers to it. */
function withoutDeadLetterQueue(stack: DeclaredStack, key: string): DeclaredStack {
  const name = stack.find((one) => one.name === `${key}-dlq`)?.inputs.name;
  return change(stack, `${key}-queue`, { redrivePolicy: undefined }).filter(
    (one) => one.name !== `${key}-dlq` && !isAlarmOn(one, name),
  );
}

const isAlarmOn = ({ type, inputs }: Declared, queue: unknown) =>
  type === alarmType &&
  (inputs.dimensions as { QueueName?: string } | undefined)?.QueueName === queue;

const twice = (stack: DeclaredStack, name: string): DeclaredStack => [
  ...stack,
  { ...stack.find((one) => one.name === name)!, name: `${name}-again` },
];

const mandatory = rules.filter(({ enforcementLevel }) => enforcementLevel === "mandatory");

const isMandatory = (rule: string) => mandatory.some(({ name }) => name === rule);

describe("the policies on the systems", () => {
  it("are tested with every system and every mandatory rule about what it has", () => {
    expect(Object.keys(tested)).to.have.members(systems());
    const names = mandatory.map(({ name }) => name);
    expect(Object.keys(tested.watchme!.mutations)).to.have.members(names);
    expect(Object.keys(tested["file-search"]!.mutations)).to.have.members(
      names.filter((name) => !aboutFunctions.includes(name)),
    );
  });

  for (const [system, { mutations }] of Object.entries(tested)) {
    for (const stack of stacksOf(system)) {
      describe(`${system}, ${stack}`, () => {
        let resources: DeclaredStack;

        before(async () => {
          resources = await registered(system, stack);
          expect(resources.filter(({ type }) => type === queueType)).to.have.length.greaterThan(1);
        });

        for (const moment of ["first preview", "deployed"] as Moment[]) {
          it(`pass, and leave nothing undecided, at ${moment}`, async () => {
            for (const rule of mandatory) {
              expect(await judge(rule, resources, moment), rule.name).to.deep.equal({
                violations: [],
                undecided: "",
              });
            }
          });

          for (const [rule, mutate] of Object.entries(mutations)) {
            it(`are broken only in ${rule} by the mutation for that rule, at ${moment}`, async () => {
              const broken = await brokenRules(mutate(resources), moment);
              expect(broken.filter(isMandatory)).to.deep.equal([rule]);
            });
          }
        }
      });
    }
  }

  it("pass at every stage of a queue's way to FIFO, and say that two mappings must not be enabled together", async () => {
    for (const [asrFifo, sedFifo, serFifo, together] of [
      ["prepare", "switch", "drain", ["asr", "sed", "ser"]],
      ["done", "done", "done", []],
    ] as const) {
      const config = {
        "watchme:asrFifo": asrFifo,
        "watchme:sedFifo": sedFifo,
        "watchme:serFifo": serFifo,
      };
      const declared = await registered("watchme", "prod", config);
      // As a mapping of an earlier stage is: the program ignores changes of it.
      const enabled = declared.map((one) =>
        one.type.includes("eventSourceMapping")
          ? { ...one, inputs: { ...one.inputs, enabled: true } }
          : one,
      );
      for (const stack of [declared, enabled]) {
        for (const rule of mandatory) {
          const { violations, undecided } = await judge(rule, stack);
          expect(violations, rule.name).to.deep.equal([]);
          const noted = [...undecided.matchAll(/mappings of function "(\w+)"/g)];
          const expected = rule.name === "mapping-fits-reserved-concurrency" ? together : [];
          expect(
            noted.map(([, name]) => name),
            rule.name,
          ).to.have.members(expected);
        }
      }
    }
  });
});
