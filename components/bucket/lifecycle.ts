import type * as aws from "@pulumi/aws";
import { sameEntry, type Entry } from "../../contracts/adoption";

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** A rule that an adopted bucket has, or its setting for the smallest object that changes its storage class. */
export type KeptInLifecycle = Rule | Setting;
interface Setting {
  transitionDefaultMinimumObjectSize: string;
}
const isSetting = (entry: KeptInLifecycle): entry is Setting =>
  "transitionDefaultMinimumObjectSize" in entry;
const isRule = (entry: KeptInLifecycle): entry is Rule => !isSetting(entry);

const unfinishedUploads = {
  id: "unfinished-uploads",
  status: "Enabled",
  filter: { prefix: "" },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};

const oldVersions = (noncurrentDays: number) => ({
  id: "old-versions",
  status: "Enabled",
  filter: { prefix: "" },
  noncurrentVersionExpiration: { noncurrentDays },
});

/** The program's rules and what is kept. A kept rule with the id of one of the program's is kept instead of it: a lifecycle
 *  configuration has each id once. */
export function lifecycle(
  noncurrentVersionDays: number | undefined,
  kept: readonly KeptInLifecycle[] = [],
): Pick<aws.s3.BucketLifecycleConfigurationArgs, "rules" | "transitionDefaultMinimumObjectSize"> {
  const own = [
    unfinishedUploads,
    ...(noncurrentVersionDays === undefined ? [] : [oldVersions(noncurrentVersionDays)]),
  ];
  const settings = kept.filter(isSetting);
  const rules = kept.filter(isRule);
  const keptIds = rules.map(({ id }) => id);
  return {
    rules: [...own.filter(({ id }) => !keptIds.includes(id)), ...rules],
    ...settings[0],
  };
}

/** Whether the program makes such a rule, with any number of days for old versions. */
export function isOwnRule(entry: Entry): boolean {
  const { noncurrentDays } = (entry.value.noncurrentVersionExpiration ?? {}) as {
    noncurrentDays?: number;
  };
  return [unfinishedUploads, oldVersions(noncurrentDays ?? 0)].some((own) =>
    sameEntry({ id: own.id, value: own }, entry),
  );
}
