import type { PolicyConfigSchema } from "@pulumi/policy";

/** Tags by which an Auto Scaling group says what its machines work on. Plain values, so that they are known in
 *  every preview. */
export interface FleetTags {
  /** Key of the tag with the name of the queue. */
  consumesTag: string;
  /** Key of the tag with the longest that one message may take, in seconds. */
  jobTimeoutTag: string;
}

export const fleetTags: FleetTags = {
  consumesTag: "queuefleet:consumes",
  jobTimeoutTag: "queuefleet:job-timeout-seconds",
};

export const fleetTagsSchema: PolicyConfigSchema["properties"] = {
  consumesTag: {
    type: "string",
    default: fleetTags.consumesTag,
    description: "Tag of an Auto Scaling group with the name of the queue that it works on.",
  },
  jobTimeoutTag: {
    type: "string",
    default: fleetTags.jobTimeoutTag,
    description: "Tag of an Auto Scaling group with the seconds that one message may take.",
  },
};
