import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { waitUntil } from "../../local/process/wait";
import { expectAll } from "../steps/step";
import type { WatchmeRun, WatchmeStep } from "./run";

export const day = "2026-11-27";

/** Beginning of the names of devices whose summaries were not made from uploaded recordings. */
export const incidentDevices = "incident-";

/** Times of recordings: "00-00-00", "00-01-00" … */
export const timeOf = (minute: number): string => {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}-${two(minute % 60)}-00`;
};

/** Key of a device's recording in the bucket, from the number of the recording. */
export const keyOf = (device: string, number: number): string =>
  `files/${device}/${day}/${timeOf(number)}/audio.wav`;

/** The number of a recording, from its id. */
export const numberOf = (recordingId: string): number => {
  const [hours = 0, minutes = 0] = (recordingId.split("/").at(-1) ?? "").split("-").map(Number);
  return hours * 60 + minutes;
};

/** Uploads recordings of devices, the same number of each. */
export async function uploadRecordings(
  run: WatchmeRun,
  devices: readonly string[],
  { from = 0, each }: { from?: number; each: number },
): Promise<void> {
  const Bucket = run.get("system").buckets.recordings?.name;
  const s3 = new S3Client({ ...run.client(), forcePathStyle: true });
  const keys = devices.flatMap((device) =>
    Array.from({ length: each }, (_, index) => keyOf(device, from + index)),
  );
  await Promise.all(
    keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: `sound of ${Key}` }))),
  );
  s3.destroy();
  run.record({ recordings: (run.find("recordings") ?? 0) + keys.length });
}

/** Recordings that the newest analysis of each device's day contains. */
export async function analysedRecordings(run: WatchmeRun): Promise<number> {
  const { rows: exists } = await run.database.query<{ exists: boolean }>(
    "select to_regclass('day_analyses') is not null as exists",
  );
  if (exists[0]?.exists !== true) return 0;
  const { rows } = await run.database.query<{ sum: string | null }>(
    "select sum(recordings) as sum from day_analyses where device_id not like $1",
    [`${incidentDevices}%`],
  );
  return Number(rows[0]?.sum ?? 0);
}

/** Waits until every recording that was uploaded is in an analysis. */
export async function waitUntilAnalysed(
  run: WatchmeRun,
  showProgress: (text: string) => void,
): Promise<void> {
  let analysed = 0;
  await waitUntil(
    async () => {
      analysed = await analysedRecordings(run);
      showProgress(`${analysed} of ${run.get("recordings")} analysed`);
      return analysed >= run.get("recordings");
    },
    {
      what: `all ${run.get("recordings")} recordings to be analysed`,
      withinMs: 240_000,
      everyMs: 200,
    },
  ).finally(() => run.record({ analysed }));
}

const devices = ["device-a", "device-b", "device-c"];

export const pipeline: WatchmeStep = {
  name: "recordings become summaries and analyses",
  async run(run, showProgress) {
    await uploadRecordings(run, devices, { each: 8 });
    await waitUntilAnalysed(run, showProgress);
    const { rows } = await run.database.query<{ device_id: string; recordings: number }>(
      "select device_id, recordings from day_analyses order by device_id",
    );
    const apis = Object.values(run.get("apis"));
    expectAll({
      "each device's day has an analysis":
        rows.map((row) => row.device_id).join() === devices.join(),
      "each API got every recording once": apis.every(
        ({ accepted, repeated }) => accepted.size === run.get("recordings") && repeated === 0,
      ),
    });
    return `${run.get("recordings")} recordings of ${devices.length} devices, each sent to 3 APIs once, are in ${rows.length} analyses`;
  },
};
