import type { PolicyConfigSchema } from "@pulumi/policy";

/** Tags of an Auto Scaling group that state the queue of its machines. Their values are plain, so that they are
 *  known in every preview. */
export interface FleetTags {
  /** Key of the tag that contains the name of the queue. */
  consumesTag: string;
  /** Key of the tag that contains the longest time that one message may take, in seconds. */
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
    description:
      "Tag of an Auto Scaling group. Its value is the name of the queue that the group works on.",
  },
  jobTimeoutTag: {
    type: "string",
    default: fleetTags.jobTimeoutTag,
    description:
      "Tag of an Auto Scaling group. Its value is the longest time that one message may take, in seconds.",
  },
};
