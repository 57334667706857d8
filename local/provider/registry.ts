import { notEmulatedTypes } from "./not-emulated";
import { notEmulated } from "./resources/not-emulated";
import * as sqs from "./resources/sqs";
import type { ResourceType } from "./resource-type";

const all = [sqs].flatMap((service) => Object.values(service)) as unknown as ResourceType[];

const byType = new Map(all.map((definition) => [definition.type, definition]));

export const resourceTypes: readonly ResourceType[] = all;

export function findResourceType(type: string): ResourceType {
  const known = byType.get(type);
  if (known !== undefined) return known;
  if (notEmulatedTypes[type] !== undefined) return notEmulated(type);
  throw new Error(
    `The resource type ${type} is not known to the local AWS provider. ` +
      `It knows ${[...byType.keys()].sort().join(", ")}.`,
  );
}
