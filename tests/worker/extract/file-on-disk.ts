import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultLimits, type ExtractionLimits } from "../../../worker/extract";
import { extract, type Extraction } from "../../../worker/extract/extract";

/** Runs an action on a file that exists only as long as it. */
export async function withFile<T>(
  content: Buffer | string,
  action: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "queuefleet-test-"));
  try {
    const path = join(folder, "object");
    await writeFile(path, content);
    return await action(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function extractContent(
  key: string,
  content: Buffer | string,
  more: { contentType?: string; limits?: Partial<ExtractionLimits> } = {},
): Promise<Extraction> {
  const limits = { ...defaultLimits, ...more.limits };
  return withFile(content, (path) =>
    extract({ path, key, contentType: more.contentType ?? "", limits }),
  );
}

/** What the file is refused with. */
export async function faultOf(extraction: Promise<Extraction>): Promise<string> {
  return extraction.then(
    () => "none",
    (error: unknown) => String(error),
  );
}
