import type * as aws from "@pulumi/aws";
import { lifecycleEntriesOf, ownName } from "../../contracts/adoption";
import { withKept } from "../adoption";

type Rule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/** A rule that an adopted bucket has, or its setting for the smallest object that changes its storage class. */
export type KeptInLifecycle = Rule | Setting;
interface Setting {
  transitionDefaultMinimumObjectSize: string;
}
const isSetting = (entry: KeptInLifecycle): entry is Setting =>
  "transitionDefaultMinimumObjectSize" in entry;
const isRule = (entry: KeptInLifecycle): entry is Rule => !isSetting(entry);

const ownRule = <Content extends object>(name: string, content: Content) => {
  const rule = { status: "Enabled", filter: { prefix: "" }, ...content };
  return { id: ownName(`${name}-`, { value: rule }), ...rule };
};

const unfinishedUploads = ownRule("unfinished-uploads", {
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
});

const oldVersions = (noncurrentDays: number) =>
  ownRule("old-versions", { noncurrentVersionExpiration: { noncurrentDays } });

/** The program's rules and what is kept. */
export function lifecycle(
  noncurrentVersionDays: number | undefined,
  kept: readonly KeptInLifecycle[] = [],
): Pick<aws.s3.BucketLifecycleConfigurationArgs, "rules" | "transitionDefaultMinimumObjectSize"> {
  const own = [
    unfinishedUploads,
    ...(noncurrentVersionDays === undefined ? [] : [oldVersions(noncurrentVersionDays)]),
  ];
  const entries = (rules: readonly object[]) => lifecycleEntriesOf({ rules });
  const rules = withKept(entries(own), entries(kept.filter(isRule))).map(({ value }) => value);
  return { rules: rules as unknown as Rule[], ...kept.find(isSetting) };
}
