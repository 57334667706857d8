import { fileSearch } from "./file-search";
import type { Rehearsal } from "./rehearsal";
import type { SlackEndpoint } from "./slack-endpoint";
import type { RehearsedSystem } from "./system-run";

/** The systems that a rehearsal can run, by name. */
export const systems = { "file-search": fileSearch } satisfies Record<
  string,
  (rehearsal: Rehearsal, slack: SlackEndpoint) => RehearsedSystem
>;

export type SystemName = keyof typeof systems;
