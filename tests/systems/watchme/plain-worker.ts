import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildBundle } from "../../../components/bundle";
import { changedCopy } from "../../../rehearsal/changed-copy";

/** The code of the API worker with Powertools' plain processor for all queues: it works on all records at once and skips none
 *  after a failed one. Nothing else is changed. */
export async function plainWorker(folder: string): Promise<string> {
  await changedCopy(
    { folder, system: "watchme" },
    {
      file: "worker/lambda/queue-handler.ts",
      from: "!event.Records.some(({ eventSourceARN }) => isFifoArn(eventSourceARN))",
      to: "event.Records.length > 0",
    },
  );
  const { path } = buildBundle(join(folder, "worker/watchme/api-worker.ts"), folder);
  return readFile(join(folder, path), "utf8");
}
