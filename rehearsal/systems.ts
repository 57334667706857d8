import { fileSearch } from "./file-search";
import type { Rehearsal } from "./rehearsal";
import type { SlackEndpoint } from "./slack-endpoint";
import type { RehearsedSystem } from "./rehearsed-system";
import { watchme } from "./watchme";

/** The systems that a rehearsal can run, by name. */
export const systems = { "file-search": fileSearch, watchme } satisfies Record<
  string,
  (rehearsal: Rehearsal, slack: SlackEndpoint) => RehearsedSystem
>;

export type SystemName = keyof typeof systems;
