import { exitCodes } from "../../contracts/exit-codes";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { OpsError } from "../cli/fault";

type DeployedFunction = SystemOutputs["functions"][string];
export type AliasedFunction = DeployedFunction & { key: string; alias: string };

/** The functions that are called through an alias. */
export const aliasedFunctions = ({ functions }: SystemOutputs): AliasedFunction[] =>
  Object.entries(functions).flatMap(([key, one]) =>
    one.alias === undefined ? [] : [{ ...one, key, alias: one.alias }],
  );

/** The function of this key, or of this physical name. */
export function functionOf(outputs: SystemOutputs, name: string): AliasedFunction {
  const all = aliasedFunctions(outputs);
  const found = all.find((one) => one.key === name || one.name === name);
  if (found !== undefined) return found;
  const { functions, system } = outputs;
  const isOld = Object.entries(functions).some(([key, one]) => [key, one.name].includes(name));
  throw new OpsError(
    isOld
      ? `The function "${name}" was deployed before rollbacks of functions existed. Deploy ${system} again with this checkout.`
      : `${system} has no function "${name}". Its functions: ${all.map(({ key }) => key).join(", ") || "none"}.`,
    exitCodes.configuration,
  );
}
