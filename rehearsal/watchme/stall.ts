import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from "@aws-sdk/client-lambda";
import { waitUntil } from "../../local/process/wait";
import { readableText } from "../slack-endpoint";
import { expectAll } from "../steps/step";
import { deadLettersOf } from "./counts";
import { uploadRecordings, waitUntilAnalysed } from "./recordings";
import type { WatchmeRun, WatchmeStep } from "./run";

const devices = ["device-d", "device-e"];

/** Longer than three receives take. Seconds. */
const receivesTake = (run: WatchmeRun) => {
  const { visibilityTimeoutSeconds = 0, maxReceiveCount = 0 } = run.get("system").queues.sed ?? {};
  return visibilityTimeoutSeconds * maxReceiveCount;
};

export const stall: WatchmeStep = {
  name: "the Behavior API hangs: its worker is paused, people are notified, it is restarted, and nothing is lost",
  async run(run, showProgress) {
    const { sed } = run.get("apis");
    const host = run.get("host");
    sed.fault = "hangs";
    const began = Date.now();
    const earlier = run.slack.received.length;
    await uploadRecordings(run, devices, { each: 6 });
    const uuid = await mappingOf(run, "sed");
    await waitUntil(async () => (await stateOf(run, uuid)) === "Disabled", {
      what: "the mapping of sed to be paused",
      withinMs: 180_000,
    });
    const paused = seconds(began);
    showProgress(`paused after ${paused} s`);
    const notices = () => run.slack.received.slice(earlier).map(readableText);
    const aboutApi = () => notices().filter((text) => text.includes("behavior"));
    await waitUntil(() => aboutApi().some((text) => text.includes("work-path")), {
      what: "a message that the work path of the Behavior API fails",
      withinMs: 180_000,
    });
    showProgress("people are notified");
    await waitUntil(() => host.restarts.length > 0, {
      what: "the container to be restarted",
      withinMs: 180_000,
    });
    const down = seconds(began);
    showProgress("restarted");
    await waitUntil(async () => (await stateOf(run, uuid)) === "Enabled", {
      what: "the mapping of sed to work again",
      withinMs: 180_000,
    });
    const resumed = seconds(began);
    await waitUntilAnalysed(run, showProgress);
    const deadLetters = await deadLettersOf(run, "sed");
    expectAll({
      "the container of the Behavior API was restarted once": host.restarts.join() === "behavior",
      [`no message is in the dead-letter queue (${deadLetters})`]: deadLetters === 0,
      "the API did no recording twice": sed.accepted.size === run.get("recordings"),
    });
    return `paused after ${paused} s, restarted after ${down} s, at work again after ${resumed} s (three receives take ${receivesTake(run)} s); no message dead-lettered, all ${run.get("recordings")} recordings analysed`;
  },
};

const seconds = (since: number) => Math.round((Date.now() - since) / 1000);

/** UUID of the only mapping of a worker. */
export async function mappingOf(run: WatchmeRun, key: string): Promise<string> {
  const lambda = new LambdaClient(run.client());
  const { arn, alias } = run.get("system").functions[key] ?? {};
  const { EventSourceMappings: [mapping] = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName: `${arn}:${alias}` }),
  );
  lambda.destroy();
  if (mapping?.UUID === undefined) throw new Error(`The worker ${key} has no mapping.`);
  return mapping.UUID;
}

async function stateOf(run: WatchmeRun, UUID: string): Promise<string | undefined> {
  const lambda = new LambdaClient(run.client());
  const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
  lambda.destroy();
  return State;
}
