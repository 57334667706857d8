import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { SourcePosition, StackTrace } from "@pulumi/pulumi/proto/source_pb";

/** The position in the program where a resource was created, relative to the project ("project:///index.ts#12,3"). */
export function sourcePosition(raw: SourcePosition | undefined, directory: string): string {
  if (raw === undefined || !raw.getUri().startsWith("file://")) return "";
  const path = relative(directory, fileURLToPath(raw.getUri()));
  const escaped = pathToFileURL(`/${path}`).pathname;
  const column = raw.getColumn() === 0 ? "" : `,${raw.getColumn()}`;
  // A path outside of the project keeps its "..", which a file URL would resolve away.
  const shown = path.startsWith("..") ? `/${path}` : escaped;
  return `project://${shown}#${raw.getLine()}${column}`;
}

export function stackTrace(
  raw: StackTrace | undefined,
  directory: string,
): { sourcePosition?: string }[] {
  const frames = raw?.getFramesList() ?? [];
  return frames.map((frame) => {
    const position = sourcePosition(frame.getPc(), directory);
    return position === "" ? {} : { sourcePosition: position };
  });
}
