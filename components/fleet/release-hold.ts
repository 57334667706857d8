import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { jsonIn } from "../../contracts/json-in";
import { releaseHoldNames, releaseHoldSchema, shortHash } from "../../contracts/release";
import type { Deployment } from "../deployment";

const namesOf = (name: string, { environment, system }: Deployment) =>
  releaseHoldNames(environment, system, name);

/** Name of the SSM parameter with the hold of a fleet; see `releaseHoldSchema`. */
export const holdParameter = (name: string, deployment: Deployment): string =>
  namesOf(name, deployment).parameter;

/** Resolves to nothing, unless a rollback holds the fleet at another bundle than the one built now: then preview and
 *  `up` are refused. The list of a folder's parameters is empty, not an error, if there is no hold. */
export function refuseHeldBundle(
  name: string,
  deployment: Deployment,
  sha256: string,
  parent: pulumi.Resource,
): pulumi.Output<void> {
  const found = aws.ssm.getParametersByPathOutput(
    { path: namesOf(name, deployment).folder, withDecryption: false },
    { parent },
  );
  // The provider marks all values as secret. A hold is none.
  return pulumi.all([found.names, pulumi.unsecret(found.values)]).apply(([names, values]) => {
    const value = values[names.indexOf(holdParameter(name, deployment))];
    if (value === undefined) return;
    const fault = holdFault(name, deployment, { value, sha256 });
    if (fault !== undefined) throw new pulumi.RunError(fault);
  });
}

/** Why the bundle must not be deployed. Undefined if it may. */
export function holdFault(
  name: string,
  deployment: Deployment,
  { value, sha256 }: { value: string; sha256: string },
): string | undefined {
  const parameter = holdParameter(name, deployment);
  const { environment, system } = deployment;
  const lift = `ops release-hold lift ${environment} ${system}`;
  const hold = releaseHoldSchema.safeParse(jsonIn(value));
  if (!hold.success) {
    return `The SSM parameter ${parameter} is no release hold. Delete it, or lift the hold with \`${lift}\`.`;
  }
  const held = hold.data.find(({ bundle }) => bundle === sha256);
  if (held === undefined) return undefined;
  const { bundle, runs, since, by, reason } = held;
  const why = reason === undefined ? "" : `: ${reason}`;
  return [
    `WorkerFleet "${name}" would get the bundle ${shortHash(bundle)} again, which was rolled back to ${shortHash(runs)} by ${by} at ${since}${why}.`,
    `Nothing is deployed until the worker's code changes, or until the hold is lifted: \`${lift} ${shortHash(bundle)}\` (SSM parameter ${parameter}).`,
  ].join("\n");
}
