import { setTimeout as delay } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { systemOutputsSchema } from "../../contracts/stack-outputs";
import { waitUntil } from "../../local/process/wait";
import { giveRights } from "../deployer";
import { policyPack, pulumiLocal } from "../pulumi-local";
import { expectAll } from "../steps/step";
import { outOfOrder } from "./acceptance-order";
import { configure } from "./apis";
import { keyOf, waitUntilAnalysed } from "./recordings";
import type { WatchmeRun, WatchmeStep } from "./run";
import { uploadEvent } from "./upload-event";

const devices = ["fifo-a", "fifo-b", "fifo-c"];

/** Between two recordings of a device: the load of the rehearsal, not a wait for anything. */
const pauseMs = 1000;

export const fifoMigration: WatchmeStep = {
  name: "the ser queue moves to FIFO under load, through all stages, in order and without loss",
  async run(run, showProgress) {
    const load = new Load(run);
    const stages: string[] = [];
    try {
      for (const stage of ["prepare", "switch", "drain"]) {
        await deployStage(run, stage);
        stages.push(stage);
        showProgress(`${stage}: ${load.sent} recordings sent`);
        if (stage === "switch") load.switched();
        await load.more();
      }
    } finally {
      await load.stop();
    }
    run.record({ recordings: run.get("recordings") + load.sent });
    await waitUntilAnalysed(run, showProgress);
    await deployStage(run, "done");
    const { queues } = run.get("system");
    const wrong = load.outOfOrder();
    expectAll({
      "the old pair is gone": queues.ser === undefined && queues["ser-v2"] !== undefined,
      [`each device's recordings came in order after the switch; not: ${wrong.join("; ")}`]:
        wrong.length === 0,
      "each recording was accepted once": run.get("apis").ser.repeated === 0,
    });
    return `${load.sent} recordings of ${devices.length} devices, ${load.afterSwitch} of them after the switch, all accepted once and in order; the old queue and its dead-letter queue are deleted`;
  },
};

async function deployStage(run: WatchmeRun, stage: string): Promise<void> {
  await configure(run, { serFifo: stage });
  // The deployer has no rights to the new pair yet.
  if (stage === "prepare") await giveRights(run);
  const { outputs } = await pulumiLocal(run, ["up", "--yes", "--skip-preview", ...policyPack]);
  run.record({ system: systemOutputsSchema.parse(outputs.system) });
}

/** Recordings of some devices, each device's one after the other, until it is stopped. The function that sends is called and
 *  awaited, so the order in which a device's messages were sent is known. */
class Load {
  sent = 0;
  afterSwitch = 0;
  private isStopped = false;
  /** By device, the number of its first recording after the switch. */
  private readonly firstAfterSwitch = new Map<string, number>();
  private readonly next = new Map(devices.map((device) => [device, 0]));
  private readonly lambda: LambdaClient;
  private readonly running: Promise<unknown>;

  constructor(private readonly run: WatchmeRun) {
    this.lambda = new LambdaClient(run.client());
    this.running = Promise.all(devices.map((device) => this.send(device)));
    // It is awaited at the end. Until then its failure must not end the process.
    this.running.catch(() => undefined);
  }

  /** From now on the producer sends to the new queue. A call that began before may still send to the old one. */
  switched(): void {
    for (const [device, next] of this.next) this.firstAfterSwitch.set(device, next + 1);
  }

  /** Resolves when each device has sent some more. */
  async more(): Promise<void> {
    const before = this.sent;
    await waitUntil(() => this.sent >= before + 2 * devices.length, {
      what: "more recordings to be sent",
      withinMs: 60_000,
    });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
    this.lambda.destroy();
    for (const [device, first] of this.firstAfterSwitch)
      this.afterSwitch += (this.next.get(device) ?? 0) - first;
  }

  /** Sentences about recordings that the API got too late. */
  outOfOrder(): string[] {
    return outOfOrder(this.run.get("apis").ser.accepted.values(), this.firstAfterSwitch);
  }

  private async send(device: string): Promise<void> {
    const { functions, buckets } = this.run.get("system");
    const { arn, alias } = functions["audio-processor"] ?? {};
    while (!this.isStopped) {
      const number = this.next.get(device) ?? 0;
      const { FunctionError, Payload } = await this.lambda.send(
        new InvokeCommand({
          FunctionName: `${arn}:${alias}`,
          Payload: JSON.stringify(
            uploadEvent(buckets.recordings?.name ?? "", [keyOf(device, number)]),
          ),
        }),
      );
      if (FunctionError !== undefined) throw new Error(Buffer.from(Payload ?? []).toString());
      this.next.set(device, number + 1);
      this.sent += 1;
      await delay(pauseMs);
    }
  }
}
