import { machineImageParameter } from "../../contracts/machine";
import type { Planned } from "../adopt/planned";
import { contextOf, tagContext, type Context } from "./context";
import { anyName, resourcesOf, type Names, type Place } from "./reference";
import type { Subject } from "./names";
import { rightsByType, type Rights } from "./rights-by-type";

/** What the right is needed for. A release is an `up` that brings new code and changes nothing else. */
export const purposes = ["up", "a release", "a rollback"] as const;
export type Purpose = (typeof purposes)[number];

export interface Need {
  action: string;
  /** ARN, with "*" for a part that AWS names, or only "*" if the action knows no resource. */
  resource: string;
  /** The condition keys that are known, with their values. */
  context: Context;
  for: Purpose[];
}

const list = (text = ""): string[] => text.split(" ").filter((action) => action !== "");

/** What every `up` asks before anything else: the network, if the configuration names none, and the machines' image. */
export async function lookUps(place: Place): Promise<Need[]> {
  const network = {
    release: "ec2:DescribeVpcs ec2:DescribeVpcAttribute ec2:DescribeSubnets",
  };
  const image = { ParameterNameWithoutLeadingSlash: machineImageParameter.slice(1) };
  const needs = await Promise.all([
    needsOf(network, { VpcId: anyName }, {}, place),
    // AWS's own parameters are in no account.
    needsOf({ release: "ssm:GetParameter" }, image, {}, { ...place, accountId: "" }),
  ]);
  return needs.flat();
}

/** The rights for `up`, a release and a rollback, each on its resource, and the types whose rights are not known here. */
export async function neededRights(
  planned: readonly Planned[],
  place: Place,
  subject: Subject,
): Promise<{ needs: Need[]; unknown: string[] }> {
  const unknown = planned
    .map(({ type }) => type)
    .filter((type) => type.startsWith("aws:") && !(type in rightsByType));
  const needs = await Promise.all(
    planned.flatMap((resource) =>
      (rightsByType[resource.type] ?? [])
        .filter(({ needed }) => needed?.(resource) ?? true)
        .map((rights) =>
          needsOf(
            rights,
            rights.names(resource, subject),
            { ...tagContext(resource), ...rights.context?.(resource) },
            place,
          ),
        ),
    ),
  );
  return { needs: merged(needs.flat()), unknown: [...new Set(unknown)] };
}

async function needsOf(
  actions: Pick<Rights, "up" | "release" | "rollback">,
  names: Names,
  more: Context,
  place: Place,
): Promise<Need[]> {
  const byPurpose: Record<Purpose, string[]> = {
    up: list(`${actions.up ?? ""} ${actions.release ?? ""}`),
    "a release": list(actions.release),
    "a rollback": list(actions.rollback),
  };
  const each = [...new Set(Object.values(byPurpose).flat())];
  const needs = await Promise.all(
    each.map(async (action) => {
      const purpose = purposes.filter((one) => byPurpose[one].includes(action));
      const asked = await resourcesOf(action, names, place);
      return asked.map(({ resource, keys }): Need => ({
        action,
        resource,
        context: { ...contextOf(action, resource, place), ...only(keys, more) },
        for: purpose,
      }));
    }),
  );
  return needs.flat();
}

/** Of a context, the keys that a request has. Those of tags are "aws:RequestTag/${TagKey}" in the reference. */
function only(keys: readonly string[], context: Context): Context {
  const family = (key: string) => key.split("/")[0]?.toLowerCase();
  const known = new Set(keys.map(family));
  return Object.fromEntries(Object.entries(context).filter(([key]) => known.has(family(key))));
}

/** What two of them need is asked once. */
function merged(needs: readonly Need[]): Need[] {
  const same = Map.groupBy(needs, ({ action, resource, context }) =>
    JSON.stringify([action, resource, context]),
  );
  return [...same.values()].flatMap((some) =>
    some.slice(0, 1).map((need) => ({
      ...need,
      for: [...new Set(some.flatMap((one) => one.for))],
    })),
  );
}
