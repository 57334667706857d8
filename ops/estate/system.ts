import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { exitCodes } from "../../contracts/exit-codes";
import {
  systemOutputsSchema,
  systemOutputsVersion,
  type SystemOutputs,
} from "../../contracts/stack-outputs";
import { OpsError } from "../cli/fault";
import { accessTo, type Access } from "./access";
import { pulumiFor, systemFolder } from "./pulumi-command";

export interface DeployedSystem {
  outputs: SystemOutputs;
  access: Access;
}

/** What a system's stack says of itself, and how to reach its cloud. */
export async function deployedSystem(
  environment: string,
  system: string,
  { local }: { local: boolean },
): Promise<DeployedSystem> {
  assertKnown(system);
  const [text, access] = await Promise.all([
    pulumiFor(environment, system, ["stack", "output", "system", "--json"], { local }),
    accessTo(local),
  ]);
  const outputs = systemOutputsSchema.safeParse(JSON.parse(text));
  if (!outputs.success) {
    throw new OpsError(
      `The output "system" of ${system}, stack ${environment}, does not have the version ${systemOutputsVersion} that this command knows. Deploy the system again with this checkout.`,
    );
  }
  return { outputs: outputs.data, access: { ...access, region: outputs.data.region } };
}

/** The systems of this checkout, deployed or not. */
export const knownSystems = (): string[] =>
  readdirSync(dirname(systemFolder("any")), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

function assertKnown(system: string): void {
  const known = knownSystems();
  if (known.includes(system)) return;
  throw new OpsError(
    `There is no system "${system}". The systems are: ${known.join(", ")}.`,
    exitCodes.configuration,
  );
}
