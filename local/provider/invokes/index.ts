import type { PropertyMap } from "../../values/property-value";
import { checkShape, type Fault } from "../check";
import type { Configuration } from "../configuration";
import { withSecrets } from "../meaning";
import * as account from "./account";
import * as autoscaling from "./autoscaling";
import * as documents from "./documents";
import * as ec2 from "./ec2";
import type { FunctionType } from "./function-type";

const all = [account, autoscaling, documents, ec2].flatMap((group) =>
  Object.values(group),
) as unknown as FunctionType[];

const byToken = new Map(all.map((definition) => [definition.token, definition]));

export async function invoke(
  token: string,
  args: PropertyMap,
  configuration: Configuration,
): Promise<{ result: PropertyMap; failures: Fault[] }> {
  const definition = byToken.get(token);
  if (definition === undefined) {
    throw new Error(
      `The function ${token} is not known to the local AWS provider. ` +
        `It knows ${[...byToken.keys()].sort().join(", ")}.`,
    );
  }
  const failures: Fault[] = [];
  const checked = checkShape(definition.shape, args, failures);
  if (failures.length > 0) return { result: {}, failures };
  const region = typeof checked.region === "string" ? checked.region : configuration.region;
  const clients = configuration.clients(region);
  const result = await definition.run(checked, { clients, region, configuration });
  const found = Object.fromEntries(
    Object.entries({ ...checked, region, ...result }).filter(([, value]) => value !== undefined),
  ) as PropertyMap;
  return { result: withSecrets(found, new Set(definition.secret), {}), failures };
}
