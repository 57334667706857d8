import { randomBytes } from "node:crypto";
import { notEmulatedTypes } from "./not-emulated";
import type { ResourceType } from "./resource-type";

/** A type that is only recorded: it has an id and its inputs in the state, and does not exist in the cloud. */
export function notEmulated(type: string): ResourceType {
  return {
    type,
    shape: {},
    create(_inputs, context) {
      context.warn(
        `not emulated: ${type} (${notEmulatedTypes[type]}); it is only recorded in the state`,
      );
      return Promise.resolve(`not-emulated-${randomBytes(4).toString("hex")}`);
    },
    read: (_id, _context, recorded) => Promise.resolve(recorded),
    update: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  };
}
