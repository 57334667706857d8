import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { systemOutputsSchema } from "../../contracts/stack-outputs";
import { rules } from "../../policy/rules";
import type { ConfigurationRules } from "../../systems/configuration";
import { judge } from "../policy/judge";
import { accountId, recordProgram, type Recording } from "../support/recorded-program";
import {
  optionalConfigKeys,
  projectConfigKeys,
  stackConfig,
  stacksOf,
  systemFolder,
  systems,
} from "../support/system-config";

type Program = () => Promise<{ system: unknown }>;

const runbooks = resolve(__dirname, "../../docs/runbooks");
const requireFile = createRequire(__filename);
const load = (system: string, file: string): unknown =>
  requireFile(join(systemFolder(system), file));

for (const system of systems()) {
  describe(`the system ${system}`, () => {
    it("declares in Pulumi.yaml the keys that always have a value, and lists the others there", () => {
      const { configurationRules } = load(system, "config") as {
        configurationRules: ConfigurationRules<Record<string, z.ZodType>>;
      };
      const shape = Object.entries(configurationRules.shape);
      const keys = (isOptional: boolean) =>
        shape
          .filter(([, schema]) => schema instanceof z.ZodOptional === isOptional)
          .map(([key]) => key);
      expect(projectConfigKeys(system)).to.have.members(keys(false));
      expect(optionalConfigKeys(system)).to.have.members(keys(true));
    });

    for (const stack of stacksOf(system)) {
      describe(`as ${stack}`, () => {
        let recording: Recording<unknown> & { outputs: { system: unknown } };

        before(async () => {
          recording = await recordProgram(load(system, "index") as Program, {
            project: system,
            stack,
            config: stackConfig(system, stack),
            state: ({ type, inputs }) => {
              const home = `${stackConfig(system, stack)["aws:region"]}:${accountId}`;
              if (type === "aws:sqs/queue:Queue")
                return { arn: `arn:aws:sqs:${home}:${String(inputs.name)}` };
              if (type !== "aws:lambda/alias:Alias") return {};
              const { functionName, name } = inputs;
              return {
                arn: `arn:aws:lambda:${home}:function:${String(functionName)}:${String(name)}`,
              };
            },
          });
        });

        it("has an output that satisfies the contract", () => {
          const { error } = systemOutputsSchema.safeParse(recording.outputs.system);
          expect(error?.issues ?? []).to.deep.equal([]);
        });

        it("has an action both ways, an owner and a runbook that exists on every alarm", () => {
          const alarms = recording.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
          expect(alarms).to.not.deep.equal([]);
          for (const { inputs, name } of alarms) {
            expect(inputs.alarmActions, name).to.have.length(1);
            expect(inputs.okActions, name).to.deep.equal(inputs.alarmActions);
            expect(inputs.alarmDescription, name).to.match(/^Owner: \S/m);
            const [, page = ""] =
              /^Runbook: https:\/\/\S+\/([a-z-]+\.md)$/m.exec(inputs.alarmDescription as string) ??
              [];
            expect(existsSync(join(runbooks, page)) && page !== "", name).to.equal(true);
          }
        });

        // Advice that a system does not follow, for the reason that its requirements state.
        const notFollowed = system === "watchme" ? ["visibility-leaves-room-for-retries"] : [];
        for (const rule of rules.filter(({ name }) => !notFollowed.includes(name))) {
          it(`passes the policy ${rule.name}, and nothing is undecided`, async () => {
            const declared = recording.resources.map(({ type, name, inputs }) => ({
              type,
              name,
              inputs,
            }));
            expect(await judge(rule, declared)).to.deep.equal({ violations: [], undecided: "" });
          });
        }
      });
    }
  });
}
