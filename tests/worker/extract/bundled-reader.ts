import { isMainThread } from "node:worker_threads";
import { defaultLimits, Extractor, serveExtraction } from "../../../worker/extract";

/** What a test bundles in place of the worker: reads the files that it is given and prints what it
 *  finds as JSON. */
async function main(paths: string[]): Promise<void> {
  const extractor = new Extractor({ limits: defaultLimits, threads: 1 });
  const never = new AbortController().signal;
  const found: Record<string, unknown> = {};
  for (const path of paths) {
    found[path] = await extractor.extract({ path, key: path, contentType: "" }, never);
  }
  await extractor.close();
  process.stdout.write(JSON.stringify(found));
}

if (isMainThread) void main(process.argv.slice(2));
else serveExtraction();
