import { exitCodes } from "../../contracts/exit-codes";
import { plannedResources } from "../adopt/planned";
import { regionOf } from "../adopt/stack-file";
import { OpsError } from "../cli/fault";
import { neededRights, type Need } from "./needs";
import type { Subject } from "./names";
import type { Place } from "./reference";

/** The region of the stack's configuration, unless another one is given. */
export function checkedRegion({ environment, system }: Subject, given?: string): string {
  const region = given ?? regionOf(environment, system);
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return region;
  throw new OpsError(
    `The region is "${region}"; an example of one is ap-northeast-1.`,
    exitCodes.configuration,
  );
}

/** The rights for the resources of a system, which its preview names. */
export async function rightsOfSystem(
  subject: Subject,
  place: Place,
  options: { local: boolean },
): Promise<{ needs: Need[]; unknown: string[] }> {
  const planned = await plannedResources(subject.environment, subject.system, options);
  return neededRights(planned, place, subject);
}
