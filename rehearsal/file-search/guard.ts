import { join } from "node:path";
import {
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { packageRoot } from "../../local/process/home";
import { queueOf } from "./observe";
import { projectFolder } from "../project-folder";
import { policyPack, pulumiLocal } from "../pulumi-local";
import { expectAll } from "../steps/step";
import type { FileSearchRun, FileSearchStep } from "./run";

const changedByHand = 30;

export const drift: FileSearchStep = {
  name: "a manual change of a visibility timeout is detected",
  async run(run) {
    const { url } = queueOf(run);
    await withSqs(run, (sqs) =>
      sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl: url,
          Attributes: { VisibilityTimeout: String(changedByHand) },
        }),
      ),
    );
    const found = await pulumiLocal(run, ["refresh", "--preview-only", "--expect-no-changes"], {
      exitCode: 7,
    });
    const drifted = found.steps.filter(
      (step) => Object.keys(step.detailedDiff ?? {}).length > 0 || step.op === "delete",
    );
    const properties = drifted.flatMap((step) => Object.keys(step.detailedDiff ?? {}));
    expectAll({
      "one resource drifted": drifted.length === 1,
      "only its visibility timeout drifted": properties.join() === "visibilityTimeoutSeconds",
    });
    return `refresh ended with exit code ${found.exitCode}: ${drifted[0]?.urn.split("::").at(-1)} differs in ${properties.join()}`;
  },
};

export const repair: FileSearchStep = {
  name: "up repairs the manual change",
  async run(run) {
    const { url, visibilityTimeoutSeconds } = queueOf(run);
    await pulumiLocal(run, ["up", "--refresh", "--yes", ...policyPack]);
    const { Attributes } = await withSqs(run, (sqs) =>
      sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["VisibilityTimeout"] }),
      ),
    );
    const now = Number(Attributes?.VisibilityTimeout);
    expectAll({
      [`it is ${visibilityTimeoutSeconds} s again, not ${now} s`]: now === visibilityTimeoutSeconds,
    });
    return `changed by hand to ${changedByHand} s, now ${now} s again`;
  },
};

export const refusal: FileSearchStep = {
  name: "a change that removes the dead-letter queue is refused",
  async run({ deployer }) {
    const project = await projectFolder({
      system: "file-search",
      name: "without-dlq",
      main: join(packageRoot, "rehearsal", "programs", "without-dlq.ts"),
    });
    const refused = await pulumiLocal({ project, deployer }, ["preview", ...policyPack], {
      exitCode: 1,
    });
    const violations = refused.policyViolations.filter(
      (violation) => violation.rule === "queue-has-dlq" && violation.enforcement === "mandatory",
    );
    expectAll({ "queue-has-dlq refused it": violations.length > 0 });
    const queues = violations.map(({ urn }) => urn?.split("::").at(-1) ?? "the stack");
    return `preview ended with exit code ${refused.exitCode}: the mandatory policy queue-has-dlq reports ${queues.join(" and ")}`;
  },
};

async function withSqs<Result>(
  run: FileSearchRun,
  use: (sqs: SQSClient) => Promise<Result>,
): Promise<Result> {
  const sqs = new SQSClient(run.client());
  try {
    return await use(sqs);
  } finally {
    sqs.destroy();
  }
}
